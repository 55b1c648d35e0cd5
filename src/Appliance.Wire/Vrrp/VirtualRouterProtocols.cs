namespace Appliance.Wire.Vrrp;

/// <summary>Tells CARP from VRRP, which share number, groups and MAC addresses, and whose versions 2 begin with the same byte.</summary>
public static class VirtualRouterProtocols
{
    private const int Vrrp2FixedLength = VrrpView.HeaderLength + 8;   // bytes, with the authentication data

    /// <summary>
    /// Judges the payload of an IP datagram, without what the link padded. A message of version 2 is VRRP's when it has exactly the
    /// length that its count of addresses asks for: CARP has its authentication length there (7), and 36 bytes instead of 44.
    /// </summary>
    public static VirtualRouterProtocol Identify(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return VirtualRouterProtocol.Unknown;
        return (payload[0] >> 4) switch
        {
            3 => VirtualRouterProtocol.Vrrp3,
            2 when payload.Length > 3 && payload.Length == Vrrp2FixedLength + (4 * payload[3]) => VirtualRouterProtocol.Vrrp2,
            2 => VirtualRouterProtocol.Carp,
            _ => VirtualRouterProtocol.Unknown,
        };
    }
}
