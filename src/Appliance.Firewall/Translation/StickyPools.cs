using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>The memories of one ruleset's pools with <c>sticky-address</c>; null where a pool has none.</summary>
/// <param name="Sources">By <see cref="Rule.Translation"/>: of what sources are translated to.</param>
/// <param name="Destinations">Of what destinations are translated to.</param>
/// <param name="Routes">By <see cref="Rule.Route"/>.</param>
public sealed record StickyPools(
    ImmutableArray<StickySources?> Sources, ImmutableArray<StickySources?> Destinations, ImmutableArray<StickySources?> Routes);
