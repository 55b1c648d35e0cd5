using System.Collections.Immutable;

namespace Appliance.Routing;

/// <summary>Where routes lead. Many routes share one: a full table of the Internet has a few hundred.</summary>
public sealed class RouteTarget : IEquatable<RouteTarget>
{
    /// <summary>Origins that no daemon has.</summary>
    public const string Connected = "connected", Configured = "configured";

    private readonly int _hash;

    /// <param name="origin">Who wants it so: one of the above, or the name of the host's protocol.</param>
    /// <param name="kind">What becomes of a datagram.</param>
    /// <param name="ways">
    /// Ways, one of which a flow takes by its hash; none unless <see cref="TargetKind.Unicast"/>. Weights of 2 and 4 are kept as 1 and 2.
    /// </param>
    public RouteTarget(string origin, TargetKind kind, ImmutableArray<NextHop> ways)
    {
        if (ways.IsEmpty == (kind == TargetKind.Unicast)) throw new ArgumentException("Ways belong to unicast.", nameof(ways));
        (Origin, Kind, Ways) = (origin, kind, Reduced(ways));
        var hash = new HashCode();
        hash.Add(origin, StringComparer.Ordinal);
        hash.Add(kind);
        foreach (NextHop way in Ways) hash.Add(way);
        _hash = hash.ToHashCode();
    }

    public string Origin { get; }

    public TargetKind Kind { get; }

    public ImmutableArray<NextHop> Ways { get; }

    /// <summary>Whether nothing goes on from here.</summary>
    public bool IsEnd => Kind != TargetKind.Unicast;

    /// <summary>Asked for every frame of a port with a strict reverse path: a loop, which allocates nothing.</summary>
    public bool LeavesBy(int port)
    {
        foreach (NextHop way in Ways)
        {
            if (way.Port == port) return true;
        }

        return false;
    }

    public bool Equals(RouteTarget? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Kind == other.Kind && Origin == other.Origin
            && Ways.AsSpan().SequenceEqual(other.Ways.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as RouteTarget);

    public override int GetHashCode() => _hash;

    /// <summary>What means the same is the same: weights have no divisor in common.</summary>
    private static ImmutableArray<NextHop> Reduced(ImmutableArray<NextHop> ways)
    {
        int divisor = 0;
        foreach (NextHop way in ways)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(way.Weight, 1, nameof(ways));
            divisor = CommonDivisor(divisor, way.Weight);
        }

        return divisor <= 1 ? ways : [.. ways.Select(way => way with { Weight = way.Weight / divisor })];
    }

    private static int CommonDivisor(int one, int other)
    {
        while (other != 0) (one, other) = (other, one % other);
        return one;
    }
}
