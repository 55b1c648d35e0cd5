using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>The ways of one route as the data path wants them: neighbours resolved beforehand, one flow always on one way.</summary>
public readonly struct RouteWays
{
    private readonly ResolvedWay[] _ways;

    public RouteWays(Route route, NeighbourTable neighbours) => _ways = [.. route.Ways.Select(way => Resolve(way, neighbours))];

    public bool IsBlackhole => _ways.Length == 0;

    /// <summary>The way of the flow with this hash: by the hash's high bits, since the low ones have chosen the bucket already.</summary>
    public ref readonly ResolvedWay For(uint hash) => ref _ways[IndexFor(hash)];

    /// <summary>Which of <see cref="Route.Ways"/> that is.</summary>
    public int IndexFor(uint hash) => _ways.Length == 1 ? 0 : (int)(((ulong)hash * (uint)_ways.Length) >> 32);

    private static ResolvedWay Resolve(NextHop way, NeighbourTable neighbours)
    {
        if (way.Gateway is not { } gateway) return new ResolvedWay((ushort)way.Port, WayKind.Connected, default);
        bool known = neighbours.TryResolve(way.Port, gateway, out MacAddress mac);
        return new ResolvedWay((ushort)way.Port, known ? WayKind.Gateway : WayKind.Unresolved, mac);
    }
}
