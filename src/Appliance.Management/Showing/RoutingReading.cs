using Appliance.Configuration;
using Appliance.Node;
using Appliance.Routing;

namespace Appliance.Management;

internal static class RoutingReading
{
    /// <summary>IPv4 first, by prefix.</summary>
    public static RouteDocument[] ReadRoutes(ApplianceNode node)
    {
        HashSet<string> connected = [.. node.Configuration.Ports.SelectMany(port => port.Addresses).Select(own => own.Canonical.ToString())];
        return
        [
            .. node.Models.Routing.Routes
                .OrderBy(route => route.To.Address.IsV6).ThenBy(route => route.To.Address.Bits).ThenBy(route => route.To.Length)
                .Select(route => new RouteDocument(
                    route.To.ToString(),
                    route.IsBlackhole ? "blackhole" : connected.Contains(route.To.ToString()) ? "connected" : "static",
                    [.. route.Ways.Select(way => new WayDocument(node.Configuration.Ports[way.Port].Name, way.Gateway?.ToString()))])),
        ];
    }

    public static NeighborDocument[] ReadNeighbors(IRunningAppliance appliance)
    {
        RuntimeModel configuration = appliance.Node.Configuration;
        return
        [
            .. configuration.Neighbors.Select(neighbor => new NeighborDocument(
                configuration.Ports[neighbor.PortIndex].Name, neighbor.Address.ToString(), neighbor.Mac.ToString(), "configured")),
            .. appliance.LearnedNeighbors,
        ];
    }
}
