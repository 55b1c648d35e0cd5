using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Node;

/// <summary>
/// The rulesets that were in force, by the numbers that workers give them (<see cref="FirewallShard.Generation"/>), and what their rules
/// are called: states and logged packets outlive the rulesets that they name. Rulesets that say the same share their names; of many others
/// the oldest are forgotten.
/// </summary>
internal sealed class RulesetHistory
{
    /// <summary>Rules that are remembered, of all rulesets.</summary>
    public const int MaxRules = 1 << 20;

    private readonly SortedDictionary<uint, Named> _byGeneration = [];
    private int _remembered;

    /// <summary>The number of the latest ruleset.</summary>
    public uint Generation { get; private set; }

    /// <summary>The next ruleset is in force, as every worker will count it.</summary>
    public void Add(RuntimeModel configuration)
    {
        Generation++;
        if (configuration.Firewall is not { Rules: { } rules }) return;
        Named? latest = _byGeneration.Count > 0 ? _byGeneration.Last().Value : null;
        Named next = latest is not null && latest.Digest == rules.Digest ? latest : Named.Of(rules);
        if (next != latest) _remembered += next.Rules.Length;
        _byGeneration[Generation] = next;
        while (_remembered > MaxRules && _byGeneration.Count > 1) Forget();
    }

    /// <summary>Null: the default rule, or one of a ruleset that is forgotten.</summary>
    public RuleReference? Find(uint generation, RulesetList list, int rule) =>
        list == RulesetList.Filter && _byGeneration.TryGetValue(generation, out Named? named) && (uint)rule < (uint)named.Rules.Length
            ? named.Rules[rule]
            : null;

    /// <summary>By the numbers of rulesets, which of the filter's rules are meant.</summary>
    public Dictionary<uint, bool[]> Select(Func<RuleReference, bool> isMeant) =>
        _byGeneration.ToDictionary(entry => entry.Key, entry => entry.Value.Rules.Select(isMeant).ToArray());

    /// <summary>Empty for none.</summary>
    public string TagOf(uint generation, ushort tag) =>
        tag > 0 && _byGeneration.TryGetValue(generation, out Named? named) && tag <= named.Tags.Length ? named.Tags[tag - 1] : "";

    private void Forget()
    {
        (uint oldest, Named named) = _byGeneration.First();
        _byGeneration.Remove(oldest);
        if (!_byGeneration.ContainsValue(named)) _remembered -= named.Rules.Length;
    }

    private sealed class Named
    {
        public required string Digest { get; init; }

        /// <summary>By index in the list.</summary>
        public required ImmutableArray<RuleReference> Rules { get; init; }

        public required ImmutableArray<string> Tags { get; init; }

        public static Named Of(ResolvedRuleset rules) => new()
        {
            Digest = rules.Digest,
            Rules = [.. Enumerable.Range(0, rules.Filter.Count).Select(index => ReferenceTo(rules.Filter, rules.Origins, index))],
            Tags = rules.Tags,
        };

        /// <summary>As pf names it: by the outermost anchor's number and its own, with the name of the anchor it stands in.</summary>
        private static RuleReference ReferenceTo(RuleList list, ImmutableArray<PfRule> origins, int index)
        {
            Rule rule = list[index];
            PfRule origin = origins[index];
            int parent = list.Parent(index), outermost = list.Outermost(index);
            bool isInAnchor = parent >= 0;
            return new RuleReference(
                rule.Id,
                isInAnchor ? list[outermost].Number : rule.Number,
                isInAnchor ? rule.Number : null,
                isInAnchor ? origins[parent].Anchor?.Name ?? "" : "",
                rule.LogInterface,
                origin.Identifier,
                origin.Labels);
        }
    }
}
