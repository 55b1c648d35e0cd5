using System.Buffers.Binary;

namespace Appliance.Failover;

/// <summary>The bytes of the lane: what is behind the head is encrypted, and all of it authentic (AES-256-GCM, NIST SP 800-38D).</summary>
/// <remarks>
/// <code>
///  0    1      2      4              20         28                                                 n−16      n
/// +----+------+------+--------------+----------+--------------------------------------------------+---------+
/// | 1  | path | kind | sender's     | sequence | peer's session │ flags │ count │ claims, 20 each  | tag     |
/// |    |      | 0, h | session      |          | 16             │ 1     │ 1     │                  |         |
/// +----+------+------+--------------+----------+----------------┼─────────────────────────────────+         |
/// |    |      | 1    |              |          | peer's session │ a message of sync                |         |
/// +----+------+------+--------------+----------+--------------------------------------------------+---------+
/// '------------ head: associated data ---------'------------- encrypted --------------------------'
/// </code>
/// path: the sender's own number, of which the other knows nothing but where the two number alike. h, at 3: a bit for each path, by these
/// numbers, by which the sender hears the peer that it names; 0: it does not say. The first claim may be a <see cref="LaneNote"/>.
/// The key is of the sender's session, the nonce kind, path and sequence: a nonce comes once, for a session is drawn at each start, and the
/// sequence of each kind only grows. A message cannot be moved to another path, nor to another session.
/// </remarks>
internal static class LaneMessage
{
    public const byte Version = 1;
    public const byte SyncKind = 1;
    public const int HeadLength = 28;                                 // bytes
    public const int TagLength = 16;                                  // bytes
    public const int NonceLength = 12;                                // bytes
    public const int FixedBodyLength = 18;                            // bytes
    public const int ClaimLength = 20;                                // bytes
    public const int MaxClaims = 60;                                  // fits into the smallest MTU of IPv6
    public const int MaxBodyLength = FixedBodyLength + (MaxClaims * ClaimLength);
    public const int MinLength = HeadLength + FixedBodyLength + TagLength;
    public const int MaxLength = HeadLength + MaxBodyLength + TagLength;
    public const int SessionLength = 16;                              // bytes
    public const int SyncOverhead = HeadLength + SessionLength + TagLength;

    public static void WriteHead(Span<byte> message, byte path, UInt128 session, ulong sequence, byte kind = 0, byte heard = 0)
    {
        (message[0], message[1], message[2], message[3]) = (Version, path, kind, heard);
        BinaryPrimitives.WriteUInt128BigEndian(message[4..], session);
        BinaryPrimitives.WriteUInt64BigEndian(message[20..], sequence);
    }

    public static byte PathOf(ReadOnlySpan<byte> message) => message[1];

    public static byte KindOf(ReadOnlySpan<byte> message) => message[2];

    public static byte HeardOf(ReadOnlySpan<byte> message) => message[3];

    public static UInt128 SessionOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt128BigEndian(message[4..]);

    public static ulong SequenceOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64BigEndian(message[20..]);

    /// <summary>Of a message whose head is written.</summary>
    public static void WriteNonce(Span<byte> nonce, ReadOnlySpan<byte> message)
    {
        BinaryPrimitives.WriteUInt32BigEndian(nonce, ((uint)KindOf(message) << 8) | PathOf(message));
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], SequenceOf(message));
    }

    /// <summary>Answers the body's length.</summary>
    public static int WriteBody(
        Span<byte> body, UInt128 peerSession, LaneFlags flags, LaneNote? note, ReadOnlySpan<LaneClaim> claims)
    {
        BinaryPrimitives.WriteUInt128BigEndian(body, peerSession);
        int notes = note is null ? 0 : 1;
        (body[16], body[17]) = ((byte)flags, (byte)(notes + claims.Length));
        if (note is { } said) WriteClaim(At(body, 0), said.AsClaim());
        for (int i = 0; i < claims.Length; i++) WriteClaim(At(body, notes + i), claims[i]);
        return FixedBodyLength + ((notes + claims.Length) * ClaimLength);
    }

    public static UInt128 PeerSessionOf(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt128BigEndian(body);

    public static LaneFlags FlagsOf(ReadOnlySpan<byte> body) => (LaneFlags)body[16];

    /// <summary>False when the count and the length do not agree.</summary>
    public static bool HasWholeClaims(ReadOnlySpan<byte> body) => body.Length == FixedBodyLength + (body[17] * ClaimLength);

    public static int CountClaims(ReadOnlySpan<byte> body) => body[17];

    /// <summary>Of a body that has whole claims; false: its sender writes none, or not to this peer.</summary>
    public static bool TryReadNote(ReadOnlySpan<byte> body, out LaneNote note)
    {
        note = default;
        if ((FlagsOf(body) & LaneFlags.Notes) == LaneFlags.None || CountClaims(body) == 0) return false;
        return LaneNote.TryFrom(ReadClaim(body, 0), out note);
    }

    public static LaneClaim ReadClaim(ReadOnlySpan<byte> body, int index)
    {
        ReadOnlySpan<byte> bytes = body.Slice(FixedBodyLength + (index * ClaimLength), ClaimLength);
        return new LaneClaim(
            BinaryPrimitives.ReadUInt32BigEndian(bytes),
            bytes[4],
            (CarpState)Math.Min(bytes[5], (byte)CarpState.Master),
            new CarpInterval(bytes[6], bytes[7]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[12..]));
    }

    private static Span<byte> At(Span<byte> body, int index) => body.Slice(FixedBodyLength + (index * ClaimLength), ClaimLength);

    private static void WriteClaim(Span<byte> bytes, in LaneClaim claim)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, claim.PortTag);
        (bytes[4], bytes[5]) = (claim.Vhid, (byte)claim.State);
        (bytes[6], bytes[7]) = (claim.Interval.BaseSeconds, claim.Interval.Skew);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], claim.Term);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], claim.NextCounter);
    }
}
