using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>A route that the host has, by its ends of ports. One that is configured comes first.</summary>
/// <param name="To">Without host bits.</param>
/// <param name="Ways">Equal ways; never none.</param>
public sealed record LearnedRoute(IpPrefix To, ImmutableArray<LearnedHop> Ways)
{
    public bool Equals(LearnedRoute? other) => other is not null && To == other.To && Ways.SequenceEqual(other.Ways);

    public override int GetHashCode() => HashCode.Combine(To, Ways.Length);
}
