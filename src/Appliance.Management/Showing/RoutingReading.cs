using Appliance.Configuration;
using Appliance.Node;
using Appliance.Routing;

namespace Appliance.Management;

internal static class RoutingReading
{
    /// <summary>By the control thread: all routes, in no order, and how their ports are called.</summary>
    public static (List<Route> Routes, Func<int, string> NameOf) CopyRoutes(ApplianceNode node)
    {
        ForwardingTable table = node.Models.Routing.Table;
        RuntimeModel configuration = node.Configuration;
        var routes = new List<Route>(table.Configured.Length + table.LearnedCount);
        routes.AddRange(table.Configured);
        routes.AddRange(table.ReadLearned());
        return (routes, port => configuration.Ports[port].Name);
    }

    /// <summary>IPv4 first, by prefix; of one prefix that first which counts.</summary>
    public static void Sort(List<Route> routes) => routes.Sort((one, other) =>
    {
        int order = one.To.Address.IsV6.CompareTo(other.To.Address.IsV6);
        if (order == 0) order = one.To.Address.Bits.CompareTo(other.To.Address.Bits);
        if (order == 0) order = one.To.Length.CompareTo(other.To.Length);
        return order != 0 ? order : IsLearned(one.Target).CompareTo(IsLearned(other.Target));
    });

    /// <summary>As <see cref="RouteDocument.Kind"/> says.</summary>
    public static string KindOf(RouteTarget target)
    {
        if (target.IsEnd) return Words.Kebab(target.Kind.ToString());
        return target.Origin switch
        {
            RouteTarget.Connected => "connected",
            RouteTarget.Configured => "static",
            _ => "learned",
        };
    }

    private static bool IsLearned(RouteTarget target) => target.Origin is not (RouteTarget.Connected or RouteTarget.Configured);

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
