using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ethernet;

/// <summary>An Ethernet II or 802.3 header over borrowed bytes (IEEE 802.3 §3.1.1), without preamble and FCS.</summary>
/// <remarks>
/// <code>
///  0               6              12      14
/// +---------------+---------------+-------+---------
/// | destination   | source        | type  | payload
/// +---------------+---------------+-------+---------
/// </code>
/// </remarks>
public readonly ref struct EthernetView
{
    public const int HeaderLength = 14;                               // bytes
    public const int MaxLengthField = 1500;                           // type values up to here are an 802.3 length

    private readonly Span<byte> _bytes;

    internal EthernetView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 14 bytes; the view is then empty and not to be read.</summary>
    public static bool TryParse(Span<byte> bytes, out EthernetView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new EthernetView(bytes) : default;
        return isWhole;
    }

    public MacAddress Destination { get => MacAddress.Read(_bytes); set => value.WriteTo(_bytes); }

    public MacAddress Source { get => MacAddress.Read(_bytes[6..]); set => value.WriteTo(_bytes[6..]); }

    /// <summary>The type, or a length: see <see cref="IsLengthField"/>.</summary>
    public EtherType EtherType
    {
        get => (EtherType)ReadUInt16BigEndian(_bytes[12..]);
        set => WriteUInt16BigEndian(_bytes[12..], (ushort)value);
    }

    /// <summary>The field is the length of an 802.3 payload (LLC) and names no protocol (IEEE 802.3 §3.2.6).</summary>
    public bool IsLengthField => (ushort)EtherType <= MaxLengthField;

    /// <summary>Everything behind the header, trailing padding included: only the payload knows its length.</summary>
    public Span<byte> Payload => _bytes[HeaderLength..];
}
