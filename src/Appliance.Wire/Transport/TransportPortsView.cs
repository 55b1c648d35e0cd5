using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>
/// The two port numbers that TCP, UDP, UDP-Lite, SCTP and DCCP all start with. For those who need no more, or have no more: an ICMP
/// error may quote as little as 8 bytes of the header (RFC 792).
/// </summary>
public readonly ref struct TransportPortsView
{
    public const int HeaderLength = 4;                                // bytes

    private readonly Span<byte> _bytes;

    private TransportPortsView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 4 bytes. Whether the protocol has ports is for the caller to know.</summary>
    public static bool TryParse(Span<byte> bytes, out TransportPortsView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new TransportPortsView(bytes) : default;
        return isWhole;
    }

    public ushort SourcePort { get => ReadUInt16BigEndian(_bytes); set => WriteUInt16BigEndian(_bytes, value); }

    public ushort DestinationPort { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }
}
