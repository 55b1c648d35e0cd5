using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>
/// A ruleset as the appliance works by it: every name resolved to an index, a range or a table, every default filled in, nothing in it that
/// is not done. Immutable but for the contents of its tables.
/// </summary>
public sealed record ResolvedRuleset
{
    /// <summary>The largest <c>set limit states</c>.</summary>
    public const int MaximumStateLimit = 50_000_000;

    /// <summary>
    /// All rules. Ids are of one rule over all lists; a binat rule has the same id and index in both lists in which it stands.
    /// </summary>
    public required Ruleset Rules { get; init; }

    /// <summary>pass, block and match rules, with those of anchors.</summary>
    public RuleList Filter => Rules.Filter;

    /// <summary>What <see cref="Filter"/>'s rules were resolved from, by the same index: their text, place and labels.</summary>
    public required ImmutableArray<PfRule> Origins { get; init; }

    /// <summary>The same of nat rules.</summary>
    public ImmutableArray<PfRule> NatOrigins => Parsed.Rules.Nat;

    /// <summary>The same of rdr rules.</summary>
    public ImmutableArray<PfRule> RedirectOrigins => Parsed.Rules.Rdr;

    /// <summary>The same of binat rules, for both ways.</summary>
    public ImmutableArray<PfRule> BinatOrigins => Parsed.Rules.Binat;

    /// <summary>What rules of all lists translate: <see cref="Rule.Translation"/> is an index into it.</summary>
    public required ImmutableArray<RuleTranslation> Translations { get; init; }

    /// <summary>Where filter rules send packets: <see cref="Rule.Route"/> is an index into it.</summary>
    public required ImmutableArray<RuleRoute> Routes { get; init; }

    public required StateTimeouts Timeouts { get; init; }
    public required int StateLimit { get; init; }

    /// <summary><c>set limit src-nodes</c>.</summary>
    public int SourceNodeLimit { get; init; } = SourceNodes.DefaultLimit;

    /// <summary>Whether any rule tracks sources.</summary>
    public bool TracksSources =>
        Enumerable.Range(0, Filter.Count).Any(index => Filter[index].State.SourceTracking != SourceTracking.None);

    /// <summary>Of rules that say nothing: <c>set state-policy</c>. The rules have it already.</summary>
    public required StateBinding DefaultBinding { get; init; }

    /// <summary>Ports at which nothing is judged: <c>set skip</c>.</summary>
    public required PortSet Skip { get; init; }

    /// <summary>In the order in which they are defined, behind them those that are not.</summary>
    public required ImmutableArray<ResolvedTable> Tables { get; init; }

    /// <summary>The name of tag n is at n − 1.</summary>
    public required ImmutableArray<string> Tags { get; init; }

    /// <summary>
    /// Hexadecimal SHA-256 of what the ruleset says: its normalized lines, the ids of its rules, what its tables begin with. Comments and
    /// blanks are not in it, but where a comment moves rules without labels, their ids.
    /// </summary>
    public required string Digest { get; init; }

    public required PfRuleset Parsed { get; init; }

    /// <summary>The ports that it is resolved on.</summary>
    public required FirewallPorts Ports { get; init; }

    /// <summary>
    /// The same on ports whose addresses have changed, with the same tables: what stands in parentheses follows. Names without parentheses
    /// keep the addresses that they had when the text was read, as in pf.
    /// </summary>
    public ResolutionResult On(FirewallPorts ports)
    {
        ResolutionResult result = RulesetResolver.Resolve(Parsed, ports, Tables);
        return result with { Ruleset = result.Ruleset is { } ruleset ? ruleset with { Digest = Digest } : null };
    }
}
