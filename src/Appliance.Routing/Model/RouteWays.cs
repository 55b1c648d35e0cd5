using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>The ways of one target as the data path wants them: neighbours resolved beforehand, one flow always on one way.</summary>
public readonly struct RouteWays
{
    private readonly ResolvedWay[] _ways;

    public RouteWays(RouteTarget target, NeighbourTable neighbours) => _ways = [.. target.Ways.Select(way => Resolve(way, neighbours))];

    /// <summary>None: <see cref="RouteTarget.Kind"/> says why.</summary>
    public bool IsEnd => _ways.Length == 0;

    /// <summary>The way of the flow with this hash: by the hash's high bits, since the low ones have chosen the bucket already.</summary>
    public ref readonly ResolvedWay For(uint hash) => ref _ways[IndexFor(hash)];

    /// <summary>Which of <see cref="RouteTarget.Ways"/> that is.</summary>
    public int IndexFor(uint hash) => _ways.Length == 1 ? 0 : (int)(((ulong)hash * (uint)_ways.Length) >> 32);

    private static ResolvedWay Resolve(NextHop way, NeighbourTable neighbours)
    {
        if (way.Gateway is not { } gateway) return new ResolvedWay((ushort)way.Port, WayKind.Connected, default);
        bool known = neighbours.TryResolve(way.Port, gateway, out MacAddress mac);
        return new ResolvedWay((ushort)way.Port, known ? WayKind.Gateway : WayKind.Unresolved, mac);
    }
}
