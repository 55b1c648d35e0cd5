namespace Appliance.Wire.Ip;

/// <summary>
/// A routing header of IPv6 (RFC 8200 §4.4) over borrowed bytes: next header, length, type, segments left, data of the type.
/// </summary>
public readonly ref struct Ipv6RoutingView
{
    public const int MinHeaderLength = 8;                             // bytes

    private const int TypeOffset = 2;

    private readonly Span<byte> _bytes;
    private readonly int _headerLength;

    private Ipv6RoutingView(Span<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>Reads from the routing header's first byte on; false when it is not all there.</summary>
    public static bool TryParse(Span<byte> bytes, out Ipv6RoutingView view)
    {
        int headerLength = bytes.Length >= MinHeaderLength ? (bytes[1] + 1) * 8 : MinHeaderLength;
        bool isWhole = bytes.Length >= headerLength;
        view = isWhole ? new Ipv6RoutingView(bytes, headerLength) : default;
        return isWhole;
    }

    public IpProtocol NextHeader => (IpProtocol)_bytes[0];

    /// <summary>8–2,048 bytes.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>0 is the source route abolished by RFC 5095, 2 mobile IPv6, 3 RPL, 4 segment routing.</summary>
    public byte RoutingType => RoutingTypeOf(_bytes);

    /// <summary>Nodes still to be visited before the destination; may lie.</summary>
    public byte SegmentsLeft => _bytes[3];

    /// <summary>What the type defines.</summary>
    public Span<byte> TypeSpecificData => _bytes[4.._headerLength];

    internal static byte RoutingTypeOf(ReadOnlySpan<byte> header) => header[TypeOffset];
}
