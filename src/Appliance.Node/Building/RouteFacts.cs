using Appliance.Firewall;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>What rules ask of the routes.</summary>
internal sealed class RouteFacts(RoutingModel routes) : IRouteFacts
{
    public bool HasRoute(UInt128 address, bool isV6)
    {
        if (isV6 && IsOfLink(new Ipv6Address(address))) return true;
        int route = routes.Find(AddressOf(address, isV6));
        return route != RoutingModel.NoRoute && !routes.TargetOf(route).IsEnd;
    }

    public bool HasRouteBy(UInt128 address, bool isV6, int port)
    {
        if (isV6 && IsOfLink(new Ipv6Address(address))) return true;
        int route = routes.Find(AddressOf(address, isV6));
        return route != RoutingModel.NoRoute && routes.TargetOf(route).LeavesBy(port);
    }

    /// <summary>Every port leads to what its link has (pf_routable: such addresses are in no table).</summary>
    private static bool IsOfLink(Ipv6Address address) => address.IsLinkLocal || address.IsLinkGroup;

    private static IpAddress AddressOf(UInt128 address, bool isV6) =>
        isV6 ? new Ipv6Address(address) : new Ipv4Address((uint)address);
}
