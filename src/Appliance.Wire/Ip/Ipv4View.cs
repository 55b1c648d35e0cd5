using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ip;

/// <summary>
/// An IPv4 header (RFC 791 §3.1) over borrowed bytes. Setters write in place and leave <see cref="HeaderChecksum"/> as it is.
/// </summary>
/// <remarks>
/// <code>
///  0       1               2               3               4
/// +---+---+---------------+-------------------------------+
/// | 4 |IHL| services, ECN | total length                  |
/// +---+---+---------------+---+---------------------------+
/// | identification        |RDM| fragment offset / 8       |
/// +-------+---------------+---+---------------------------+
/// | TTL   | protocol      | header checksum               |
/// +-------+---------------+-------------------------------+
/// | source                                                |
/// +-------------------------------------------------------+
/// | destination                                           |
/// +-------------------------------------------------------+
/// | options, 0 to 40 bytes                                |
/// +-------------------------------------------------------+
/// </code>
/// The header length is fixed when the view is made. The total length is data: it may lie, and <see cref="Payload"/> is cut to what
/// is there. A router asks <see cref="IsTotalLengthBelowHeader"/> and <see cref="IsTruncated"/> before it believes it; a quotation
/// in an ICMP error is nearly always truncated.
/// </remarks>
public readonly ref struct Ipv4View
{
    public const int MinHeaderLength = 20;                            // bytes
    public const int MaxHeaderLength = 60;                            // bytes
    public const int MaxTotalLength = 65535;                          // bytes

    private const int ReservedBit = 0x8000;
    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int FragmentOffsetMask = 0x1fff;

    private readonly Span<byte> _bytes;
    private readonly int _headerLength;

    /// <summary>The caller has checked that <paramref name="headerLength"/> (20–60) bytes are there.</summary>
    internal Ipv4View(Span<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>False when the version is not 4, the header length is below 20, or the header is not all there.</summary>
    public static bool TryParse(Span<byte> bytes, out Ipv4View view)
    {
        view = default;
        if (bytes.Length < MinHeaderLength || bytes[0] >> 4 != 4) return false;
        int headerLength = (bytes[0] & 0xf) * 4;
        if (headerLength < MinHeaderLength || headerLength > bytes.Length) return false;
        view = new Ipv4View(bytes, headerLength);
        return true;
    }

    /// <summary>20–60 bytes, options included.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>The whole octet once called type of service: DSCP (RFC 2474) and ECN (RFC 3168).</summary>
    public byte DifferentiatedServices { get => _bytes[1]; set => _bytes[1] = value; }

    /// <summary>Header and payload in bytes, as the datagram says.</summary>
    public ushort TotalLength { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    public ushort Identification { get => ReadUInt16BigEndian(_bytes[4..]); set => WriteUInt16BigEndian(_bytes[4..], value); }

    public bool ReservedFlag { get => HasBit(ReservedBit); set => SetBit(ReservedBit, value); }

    public bool DontFragment { get => HasBit(DontFragmentBit); set => SetBit(DontFragmentBit, value); }

    public bool MoreFragments { get => HasBit(MoreFragmentsBit); set => SetBit(MoreFragmentsBit, value); }

    /// <summary>0–65,528, a multiple of 8; lower and higher bits of the value set are ignored.</summary>
    public int FragmentOffsetBytes
    {
        get => (FlagsAndOffset & FragmentOffsetMask) * 8;
        set => FlagsAndOffset = (ushort)((FlagsAndOffset & ~FragmentOffsetMask) | ((value / 8) & FragmentOffsetMask));
    }

    /// <summary>A part of a datagram: the first, a middle or the last.</summary>
    public bool IsFragment => (FlagsAndOffset & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    public byte TimeToLive { get => _bytes[8]; set => _bytes[8] = value; }

    public IpProtocol Protocol { get => (IpProtocol)_bytes[9]; set => _bytes[9] = (byte)value; }

    public ushort HeaderChecksum { get => ReadUInt16BigEndian(_bytes[10..]); set => WriteUInt16BigEndian(_bytes[10..], value); }

    public Ipv4Address Source { get => Ipv4Address.Read(_bytes[12..]); set => value.WriteTo(_bytes[12..]); }

    public Ipv4Address Destination { get => Ipv4Address.Read(_bytes[16..]); set => value.WriteTo(_bytes[16..]); }

    /// <summary>0–40 bytes, a multiple of 4; see <see cref="Ipv4OptionReader"/>.</summary>
    public Span<byte> Options => _bytes[MinHeaderLength.._headerLength];

    /// <summary>The header with its options: what the header checksum covers.</summary>
    public Span<byte> Header => _bytes[.._headerLength];

    /// <summary>The payload up to the total length or the end of the bytes, whichever comes first.</summary>
    public Span<byte> Payload => _bytes[_headerLength..DatagramEnd];

    /// <summary>Header and payload, without what the link padded.</summary>
    public Span<byte> Datagram => _bytes[..DatagramEnd];

    /// <summary>The total length does not even cover the header: the datagram is malformed (or was left for a NIC to fill in).</summary>
    public bool IsTotalLengthBelowHeader => TotalLength < _headerLength;

    /// <summary>The total length promises more bytes than are there.</summary>
    public bool IsTruncated => TotalLength > _bytes.Length;

    private int DatagramEnd => Math.Clamp(TotalLength, _headerLength, _bytes.Length);

    private ushort FlagsAndOffset { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    private bool HasBit(int bit) => (FlagsAndOffset & bit) != 0;

    private void SetBit(int bit, bool on) => FlagsAndOffset = (ushort)(on ? FlagsAndOffset | bit : FlagsAndOffset & ~bit);
}
