using Appliance.Firewall;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>What rules ask of the routes.</summary>
internal sealed class RouteFacts(RoutingModel routes) : IRouteFacts
{
    public bool HasRoute(UInt128 address, bool isV6)
    {
        int route = routes.Find(AddressOf(address, isV6));
        return route != RoutingModel.NoRoute && !routes.TargetOf(route).IsEnd;
    }

    public bool HasRouteBy(UInt128 address, bool isV6, int port)
    {
        int route = routes.Find(AddressOf(address, isV6));
        return route != RoutingModel.NoRoute && routes.TargetOf(route).LeavesBy(port);
    }

    private static IpAddress AddressOf(UInt128 address, bool isV6) =>
        isV6 ? new Ipv6Address(address) : new Ipv4Address((uint)address);
}
