using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ip;

/// <summary>The fixed IPv6 header (RFC 8200 §3) over borrowed bytes.</summary>
/// <remarks>
/// <code>
///  0       1               2               3               4
/// +---+---------------+---+-------------------------------+
/// | 6 | traffic class | flow label (20 bits)              |
/// +---+---------------+---+-------+---------------+-------+
/// | payload length                | next header   | hops  |
/// +-------------------------------+---------------+-------+
/// | source (16 bytes)                                     |
/// +-------------------------------------------------------+
/// | destination (16 bytes)                                |
/// +-------------------------------------------------------+
/// </code>
/// The payload length is data: it may lie, and <see cref="Payload"/> is cut to what is there. Zero means no payload; jumbograms
/// (RFC 2675) are longer than any frame here and are not read as such.
/// </remarks>
public readonly ref struct Ipv6View
{
    public const int HeaderLength = 40;                               // bytes
    public const uint MaxFlowLabel = 0xf_ffff;

    internal const int NextHeaderOffset = 6;

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 40 bytes are there.</summary>
    internal Ipv6View(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 40 bytes or the version is not 6.</summary>
    public static bool TryParse(Span<byte> bytes, out Ipv6View view)
    {
        bool isUnderstood = bytes.Length >= HeaderLength && bytes[0] >> 4 == 6;
        view = isUnderstood ? new Ipv6View(bytes) : default;
        return isUnderstood;
    }

    /// <summary>DSCP (RFC 2474) and ECN (RFC 3168).</summary>
    public byte TrafficClass
    {
        get => (byte)(FirstWord >> 20);
        set => FirstWord = (FirstWord & 0xf00f_ffff) | ((uint)value << 20);
    }

    /// <summary>20 bits; higher bits of the value set are ignored.</summary>
    public uint FlowLabel
    {
        get => FirstWord & MaxFlowLabel;
        set => FirstWord = (FirstWord & ~MaxFlowLabel) | (value & MaxFlowLabel);
    }

    /// <summary>Bytes behind the fixed header, extension headers included, as the datagram says.</summary>
    public ushort PayloadLength { get => ReadUInt16BigEndian(_bytes[4..]); set => WriteUInt16BigEndian(_bytes[4..], value); }

    public IpProtocol NextHeader { get => (IpProtocol)_bytes[NextHeaderOffset]; set => _bytes[NextHeaderOffset] = (byte)value; }

    public byte HopLimit { get => _bytes[7]; set => _bytes[7] = value; }

    public Ipv6Address Source { get => Ipv6Address.Read(_bytes[8..]); set => value.WriteTo(_bytes[8..]); }

    public Ipv6Address Destination { get => Ipv6Address.Read(_bytes[24..]); set => value.WriteTo(_bytes[24..]); }

    /// <summary>Extension headers and what they carry, up to the payload length or the end of the bytes, whichever comes first.</summary>
    public Span<byte> Payload => _bytes[HeaderLength..DatagramEnd];

    /// <summary>Header and payload, without what the link padded.</summary>
    public Span<byte> Datagram => _bytes[..DatagramEnd];

    /// <summary>The payload length promises more bytes than are there.</summary>
    public bool IsTruncated => HeaderLength + PayloadLength > _bytes.Length;

    /// <summary>The walk over the extension headers; made anew at each call.</summary>
    public Ipv6HeaderChain HeaderChain => Ipv6HeaderChain.Walk(Datagram);

    private int DatagramEnd => Math.Min(HeaderLength + PayloadLength, _bytes.Length);

    private uint FirstWord { get => ReadUInt32BigEndian(_bytes); set => WriteUInt32BigEndian(_bytes, value); }
}
