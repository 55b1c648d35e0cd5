using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>The ways of one target as the data path wants them: neighbours resolved beforehand, one flow always on one way.</summary>
public readonly struct RouteWays
{
    private readonly ResolvedWay[] _ways;
    private readonly uint[]? _lasts;                                    // the last hash of each way's share; null: all are alike

    public RouteWays(RouteTarget target, NeighbourTable neighbours)
    {
        _ways = [.. target.Ways.Select(way => Resolve(way, neighbours))];
        _lasts = target.Ways.Any(way => way.Weight != 1) ? Shares(target) : null;
    }

    /// <summary>None: <see cref="RouteTarget.Kind"/> says why.</summary>
    public bool IsEnd => _ways.Length == 0;

    /// <summary>The way of the flow with this hash: by the hash's high bits, since the low ones have chosen the bucket already.</summary>
    public ref readonly ResolvedWay For(uint hash) => ref _ways[IndexFor(hash)];

    /// <summary>Which of <see cref="RouteTarget.Ways"/> that is.</summary>
    public int IndexFor(uint hash)
    {
        if (_lasts is { } lasts) return FindShare(lasts, hash);
        return _ways.Length == 1 ? 0 : (int)(((ulong)hash * (uint)_ways.Length) >> 32);
    }

    private static int FindShare(uint[] lasts, uint hash)
    {
        int way = 0;
        while (hash > lasts[way]) way++;                                // the last one's is the largest there is
        return way;
    }

    /// <summary>Neighbouring parts of all hashes, each as large as its way's weight says.</summary>
    private static uint[] Shares(RouteTarget target)
    {
        long total = target.Ways.Sum(way => (long)way.Weight), sum = 0;
        uint[] lasts = new uint[target.Ways.Length];
        for (int i = 0; i < lasts.Length; i++)
        {
            sum += target.Ways[i].Weight;
            lasts[i] = (uint)(((UInt128)sum << 32) / (UInt128)total - 1);
        }

        return lasts;
    }

    private static ResolvedWay Resolve(NextHop way, NeighbourTable neighbours)
    {
        if (way.Gateway is not { } gateway) return new ResolvedWay((ushort)way.Port, WayKind.Connected, default);
        bool known = neighbours.TryResolve(way.Port, gateway, out MacAddress mac);
        return new ResolvedWay((ushort)way.Port, known ? WayKind.Gateway : WayKind.Unresolved, mac);
    }
}
