using Appliance.Configuration;
using Appliance.Node;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Management;

internal static class RoutingReading
{
    /// <summary>IPv4 first, by prefix.</summary>
    public static RouteDocument[] ReadRoutes(ApplianceNode node)
    {
        IEnumerable<IpPrefix> own = node.Configuration.Ports.SelectMany(port => port.Addresses);
        HashSet<string> connected = [.. own.Select(prefix => prefix.Canonical.ToString())];
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

    /// <summary>Configured ones, and what was learned where anything is.</summary>
    public static NeighborDocument[] ReadNeighbors(ApplianceNode node)
    {
        RuntimeModel configuration = node.Configuration;
        if (node.Neighbours is { } neighbours) return [.. neighbours.ReadNeighbours().Select(row => DocumentOf(row, configuration))];
        return
        [
            .. configuration.Neighbors.Select(neighbor => new NeighborDocument(
                configuration.Ports[neighbor.PortIndex].Name, neighbor.Address.ToString(), neighbor.Mac.ToString(), "configured")),
        ];
    }

    private static NeighborDocument DocumentOf(NeighbourRow row, RuntimeModel configuration) => new(
        configuration.Ports[row.Port].Name,
        row.Address.ToString(),
        row.Mac?.ToString(),
        row.IsFixed ? "configured" : row.State.ToString().ToLowerInvariant());
}
