using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>What a trace says of the way that a datagram takes.</summary>
internal static class RouteText
{
    /// <param name="way">Which of the route's ways is the flow's.</param>
    public static string Of(Route route, int way, IpAddress destination, RoutingModel model)
    {
        (int port, IpAddress? gateway) = route.Ways[way];
        string kind = gateway is { } router ? $"gateway {router}" : "connected";
        string ways = route.Ways.Length > 1 ? $", one of {route.Ways.Length} ways" : "";
        return $"{route.To} by {model.Ports[port].Name}, {kind}{ways}, {Neighbour(port, gateway ?? destination, model.Neighbours)}";
    }

    private static string Neighbour(int port, IpAddress address, NeighbourTable neighbours)
    {
        if (!neighbours.TryResolve(port, address, out MacAddress mac)) return "neighbour unknown";
        return $"neighbour {mac}{(neighbours.IsConfigured(port, address) ? "" : " (made up)")}";
    }
}
