using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>The lists of a rule as it was written; an empty one stands for any. Expansion makes a rule of each combination.</summary>
internal sealed record RuleLists
{
    public ImmutableArray<PfInterface> Interfaces { get; init; } = [];
    public ImmutableArray<IpProtocol> Protocols { get; init; } = [];
    public ImmutableArray<PfHost> SourceHosts { get; init; } = [];
    public ImmutableArray<PortMatch> SourcePorts { get; init; } = [];
    public ImmutableArray<string> OperatingSystems { get; init; } = [];
    public ImmutableArray<PfHost> DestinationHosts { get; init; } = [];
    public ImmutableArray<PortMatch> DestinationPorts { get; init; } = [];
    public ImmutableArray<IdMatch> Users { get; init; } = [];
    public ImmutableArray<IdMatch> Groups { get; init; } = [];
    public ImmutableArray<IcmpTypeOption> IcmpTypes { get; init; } = [];
}
