using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Tunnels;

/// <summary>Datagrams that carry a datagram and nothing between: IPv4 (RFC 2003, RFC 4213) or IPv6 (RFC 2473) within either.</summary>
public static class IpInIp
{
    /// <summary>The protocol says that a whole datagram follows.</summary>
    public static bool IsTunnel(IpProtocol protocol) => protocol is IpProtocol.Ipv4 or IpProtocol.Ipv6;

    /// <summary>
    /// Which datagram follows, as the type it would have on Ethernet. False when the protocol is no such tunnel, or when the first
    /// octet's version is not the one that the protocol promised.
    /// </summary>
    public static bool TryGetInner(IpProtocol protocol, ReadOnlySpan<byte> payload, out EtherType inner)
    {
        inner = protocol == IpProtocol.Ipv4 ? EtherType.Ipv4 : EtherType.Ipv6;
        int promisedVersion = protocol == IpProtocol.Ipv4 ? 4 : 6;
        return IsTunnel(protocol) && !payload.IsEmpty && payload[0] >> 4 == promisedVersion;
    }
}
