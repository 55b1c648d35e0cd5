using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>An Ethernet rule as it was written.</summary>
internal sealed record EtherStatement(EtherRule Template)
{
    public ImmutableArray<PfInterface> Interfaces { get; init; } = [];
    public ImmutableArray<ushort> EtherTypes { get; init; } = [];
    public ImmutableArray<MacMatch> Sources { get; init; } = [];
    public ImmutableArray<MacMatch> Destinations { get; init; } = [];
    public ImmutableArray<PfHost> IpSources { get; init; } = [];
    public ImmutableArray<PfHost> IpDestinations { get; init; } = [];
}
