using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>What a trace says of the way that a datagram takes.</summary>
internal static class RouteText
{
    /// <param name="way">Which of the target's ways is the flow's.</param>
    public static string Of(RouteTarget route, int way, IpAddress destination, RoutingModel model)
    {
        (int port, IpAddress? gateway, int weight) = route.Ways[way];
        string kind = gateway is { } router ? $"gateway {router}" : "connected";
        string ways = route.Ways.Length > 1 ? $", one of {route.Ways.Length} ways{WeightOf(route, weight)}" : "";
        string neighbour = Neighbour(port, gateway ?? destination, model.Neighbours);
        return $"{PrefixOf(destination, model)} by {model.Ports[port].Name}, {kind}{ways}, {neighbour}";
    }

    /// <summary>Of a route that leads nowhere.</summary>
    public static string OfEnd(RouteTarget end, IpAddress destination, RoutingModel model) => end.Kind == TargetKind.Blackhole
        ? PrefixOf(destination, model)
        : $"{PrefixOf(destination, model)} is {NameOf(end.Kind)}";

    /// <summary>As ip-route(8) names it.</summary>
    public static string NameOf(TargetKind kind) => kind.ToString().ToLowerInvariant();

    public static string PrefixOf(IpAddress destination, RoutingModel model) =>
        model.Table.MatchOf(destination)?.ToString() ?? "a route that has just gone";

    private static string WeightOf(RouteTarget route, int weight) =>
        route.Ways.Any(way => way.Weight != 1) ? $", weight {weight} of {route.Ways.Sum(way => (long)way.Weight)}" : "";

    private static string Neighbour(int port, IpAddress address, NeighbourTable neighbours)
    {
        if (!neighbours.TryResolve(port, address, out MacAddress mac)) return "neighbour unknown";
        return $"neighbour {mac}{(neighbours.IsConfigured(port, address) ? "" : " (made up)")}";
    }
}
