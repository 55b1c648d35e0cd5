using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>The rules of a ruleset or of an anchor, each kind in the order of evaluation.</summary>
public sealed record PfRuleSections
{
    public static readonly PfRuleSections Empty = new();

    public ImmutableArray<EtherRule> Ether { get; init; } = [];
    public ImmutableArray<PfRule> Scrub { get; init; } = [];
    public ImmutableArray<PfRule> Nat { get; init; } = [];
    public ImmutableArray<PfRule> Rdr { get; init; } = [];
    public ImmutableArray<PfRule> Binat { get; init; } = [];
    public ImmutableArray<PfRule> Filter { get; init; } = [];
}
