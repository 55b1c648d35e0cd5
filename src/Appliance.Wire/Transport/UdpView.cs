using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>A UDP datagram (RFC 768) over borrowed bytes. Setters write in place and leave <see cref="Checksum"/> as it is.</summary>
/// <remarks>
/// <code>
///  0             2                  4        6          8
/// +-------------+------------------+--------+----------+---------
/// | source port | destination port | length | checksum | payload
/// +-------------+------------------+--------+----------+---------
/// </code>
/// The length is data: it may lie (<see cref="LengthKind"/>), and <see cref="Payload"/> is cut to what is there.
/// </remarks>
public readonly ref struct UdpView
{
    public const int HeaderLength = 8;                                // bytes

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 8 bytes are there.</summary>
    internal UdpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 8 bytes.</summary>
    public static bool TryParse(Span<byte> bytes, out UdpView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new UdpView(bytes) : default;
        return isWhole;
    }

    public ushort SourcePort { get => ReadUInt16BigEndian(_bytes); set => WriteUInt16BigEndian(_bytes, value); }

    public ushort DestinationPort { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    /// <summary>Header and payload in bytes, as the datagram says.</summary>
    public ushort Length { get => ReadUInt16BigEndian(_bytes[4..]); set => WriteUInt16BigEndian(_bytes[4..], value); }

    /// <summary>0 means that the sender made none; over IPv6 that is not allowed (RFC 8200 §8.1), but for tunnels (RFC 6935).</summary>
    public ushort Checksum { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    public UdpLengthKind LengthKind => Length switch
    {
        0 => UdpLengthKind.Zero,
        < HeaderLength => UdpLengthKind.BelowHeader,
        ushort length => length > _bytes.Length ? UdpLengthKind.BeyondBytes : UdpLengthKind.Whole,
    };

    /// <summary>Up to the length or the end of the bytes, whichever comes first; all of them with a length of 0.</summary>
    public Span<byte> Payload => _bytes[HeaderLength..DatagramEnd];

    /// <summary>Header and payload: what the checksum covers beside the pseudo-header.</summary>
    public Span<byte> Datagram => _bytes[..DatagramEnd];

    private int DatagramEnd => Length == 0 ? _bytes.Length : Math.Clamp(Length, HeaderLength, _bytes.Length);
}
