using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>All lists of a <see cref="Ruleset"/> made ready for judging: immutable, shared by all workers.</summary>
public sealed class CompiledRuleset
{
    private readonly Dictionary<RuleList, CompiledRules> _byList = new(ReferenceEqualityComparer.Instance);

    private CompiledRuleset(Ruleset ruleset)
    {
        Ruleset = ruleset;
        foreach (RuleList list in (ReadOnlySpan<RuleList>)[
            ruleset.Filter, ruleset.Nat, ruleset.Redirect, ruleset.BinatOut, ruleset.BinatIn])
            if (!_byList.ContainsKey(list)) _byList.Add(list, CompiledRules.Compile(list));
    }

    public Ruleset Ruleset { get; }

    public CompiledRules Filter => _byList[Ruleset.Filter];

    public static CompiledRuleset Compile(Ruleset ruleset) => new(ruleset);

    /// <summary>One worker's matchers, with their counters.</summary>
    /// <param name="routes">What rules ask of the routes.</param>
    /// <param name="random">The secret, of <c>probability</c>.</param>
    /// <param name="worker">Whose view of tables counts.</param>
    public RulesetMatcher OpenMatcher(IRouteFacts routes, KeyedRandom random, int worker = AddressTable.NoReader) =>
        new(Ruleset, list => new CompiledEvaluator(_byList[list], routes, random, worker));
}
