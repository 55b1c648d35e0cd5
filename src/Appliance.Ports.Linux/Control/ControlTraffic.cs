using System.Collections.Immutable;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// What takes the way of control traffic, tagged or not: these link and IP protocols, and always neighbour discovery (ICMPv6 133 to 137
/// directly behind the IPv6 header; RFC 6980 forbids fragments, and extension headers stand there only in attacks).
/// </summary>
/// <param name="EtherTypes">At most 16.</param>
/// <param name="Protocols">Of IPv4 and of IPv6, directly behind the header; at most 16.</param>
public sealed record ControlTraffic(ImmutableArray<EtherType> EtherTypes, ImmutableArray<IpProtocol> Protocols)
{
    /// <summary>ARP, neighbour discovery, CARP and VRRP.</summary>
    public static readonly ControlTraffic Default = new([EtherType.Arp], [IpProtocol.Carp]);
}
