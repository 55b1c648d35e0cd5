using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Appliance.Failover;

/// <summary>The secret that a pair shares (<c>sync.key-file</c>): good for deriving the keys of sessions, and told to nobody.</summary>
[DebuggerDisplay("(a lane key)")]
public sealed class LaneKey
{
    public const int Length = 32;                                     // bytes

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _secret;

    private LaneKey(byte[] secret) => _secret = secret;

    /// <summary>Reads 64 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> digits, [NotNullWhen(true)] out LaneKey? key)
    {
        byte[] secret = new byte[Length];
        bool isWhole = digits.Length == 2 * Length
            && Convert.FromHexString(digits, secret, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == Length;
        key = isWhole ? new LaneKey(secret) : null;
        return isWhole;
    }

    /// <summary>64 bits that follow from the key, the same on both boxes, and say nothing of it.</summary>
    /// <param name="purpose">Another one gives others.</param>
    public ulong NumberFor(ReadOnlySpan<byte> purpose)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, number, [], purpose);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    public override string ToString() => "(a lane key)";

    /// <summary>The key of one session of one sender (HKDF with SHA-256, RFC 5869; the session is the salt): 32 bytes.</summary>
    internal void DeriveSessionKey(UInt128 session, Span<byte> key)
    {
        Span<byte> salt = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(salt, session);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, salt, "appliance lane 1"u8);
    }
}
