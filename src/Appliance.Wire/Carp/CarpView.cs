using Appliance.Wire.Checksums;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Carp;

/// <summary>
/// A CARP advertisement (carp(4); IP protocol 112, shared with VRRP) over borrowed bytes. Setters write in place and leave
/// <see cref="Checksum"/> and <see cref="Digest"/> as they are: <see cref="CarpHmac.Sign"/> makes both.
/// </summary>
/// <remarks>
/// <code>
///  0   ½      1      2         3         4          5         6          8         16            36
/// +---+------+------+---------+---------+----------+---------+----------+---------+-------------+
/// | 2 | type | vhid | advskew | authlen | demotion | advbase | checksum | counter | HMAC-SHA1   |
/// +---+------+------+---------+---------+----------+---------+----------+---------+-------------+
/// </code>
/// The layout is the same over IPv4 and IPv6. The checksum covers these 36 bytes and no pseudo-header. Any version, type and length of
/// the authentication data is parsed: what to refuse, and in which order, is the listener's to say.
/// </remarks>
public readonly ref struct CarpView
{
    public const int HeaderLength = 36;                               // bytes; the whole message
    public const int CurrentVersion = 2;
    public const int AdvertisementType = 1;
    public const int DigestLength = 20;                               // bytes; SHA-1

    /// <summary>What every speaker sends: counter and digest in 32-bit words. No listener looks at it.</summary>
    public const byte UsualAuthenticationLength = 7;

    internal const int CounterOffset = 8;
    private const int ChecksumOffset = 6;
    private const int DigestOffset = 16;

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 36 bytes are there.</summary>
    internal CarpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 36 bytes. More are allowed and ignored, as FreeBSD does.</summary>
    public static bool TryParse(Span<byte> bytes, out CarpView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new CarpView(bytes) : default;
        return isWhole;
    }

    /// <summary>The version of bytes too few for a view, or 0 where there is not even one.</summary>
    public static int VersionOf(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? 0 : bytes[0] >> 4;

    /// <summary>0–15; 2 is CARP, 3 is VRRP on the same protocol number.</summary>
    public int Version { get => _bytes[0] >> 4; set => _bytes[0] = (byte)((value << 4) | Type); }

    /// <summary>0–15; only 1 has a meaning.</summary>
    public int Type { get => _bytes[0] & 0xf; set => _bytes[0] = (byte)((_bytes[0] & 0xf0) | (value & 0xf)); }

    /// <summary>The virtual host's number on its link: 1–255, and 0 for nobody's.</summary>
    public byte Vhid { get => _bytes[1]; set => _bytes[1] = value; }

    /// <summary>The part of the interval below a second, in 1/256 s. The digest does not cover it.</summary>
    public byte AdvertisementSkew { get => _bytes[2]; set => _bytes[2] = value; }

    public byte AuthenticationLength { get => _bytes[3]; set => _bytes[3] = value; }

    /// <summary>OpenBSD's demotion counter of the interface group; FreeBSD and ucarp send 0 and ignore it.</summary>
    public byte Demotion { get => _bytes[4]; set => _bytes[4] = value; }

    /// <summary>The whole seconds of the interval. The digest does not cover it.</summary>
    public byte AdvertisementBaseSeconds { get => _bytes[5]; set => _bytes[5] = value; }

    public ushort Checksum
    {
        get => ReadUInt16BigEndian(_bytes[ChecksumOffset..]);
        set => WriteUInt16BigEndian(_bytes[ChecksumOffset..], value);
    }

    /// <summary>Two 32-bit words, the upper first. It makes digests differ; listeners need not find it growing.</summary>
    public ulong Counter
    {
        get => ReadUInt64BigEndian(_bytes[CounterOffset..]);
        set => WriteUInt64BigEndian(_bytes[CounterOffset..], value);
    }

    /// <summary>20 bytes; see <see cref="CarpHmac"/> for what they cover.</summary>
    public Span<byte> Digest => _bytes.Slice(DigestOffset, DigestLength);

    /// <summary>The 36 bytes, without what may follow.</summary>
    public Span<byte> Message => _bytes[..HeaderLength];

    public bool IsChecksumValid => InternetChecksum.IsValid(InternetChecksum.Sum(Message));

    /// <summary>Makes the checksum right for the bytes as they are: the last thing a writer does.</summary>
    public void CompleteChecksum()
    {
        Checksum = 0;
        Checksum = InternetChecksum.Finish(InternetChecksum.Sum(Message));
    }
}
