using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>What the firewall's stages work by: one ruleset, ready to judge. Immutable; swapped whole. States outlive it.</summary>
public sealed class FirewallModel
{
    /// <summary>No ruleset: everything passes, and nothing is looked at.</summary>
    public static readonly FirewallModel Off = new()
    {
        Rules = CompiledRuleset.Compile(Ruleset.Empty),
        Routes = NoRoutes.Instance,
        Random = KeyedRandom.FromSeed(0),
    };

    private readonly ImmutableArray<AddressPool> _outer = [], _inner = [];

    /// <summary>Whether there is a ruleset.</summary>
    public bool IsOn { get; init; }

    public required CompiledRuleset Rules
    {
        get;
        init => (field, Matches) = (value, MatchSets.For(value.Filter.List));
    }

    public CompiledRules Filter => Rules.Filter;

    /// <summary>By <see cref="Rule.Translation"/>; the turns of pools and who sticks to which address are of all workers.</summary>
    public ImmutableArray<LiveTranslation> Translations { get; init; } = [];

    /// <summary>Of the filter's rules by their index, in <see cref="StateLimits"/>; 0: the rule needs none. Empty: none does.</summary>
    public ImmutableArray<ushort> Accounts { get; init; } = [];

    /// <summary>By <see cref="Rule.Route"/>; of all workers, too.</summary>
    public ImmutableArray<LiveRoute> Ways { get; init; } = [];

    /// <summary>What rules ask of the routes that are in force with this model.</summary>
    public required IRouteFacts Routes { get; init; }

    /// <summary>By which a peer knows what is numbered here.</summary>
    public FlowNames Names { get; init; } = FlowNames.None;

    public StateTimeouts Timeouts { get; init; } = StateTimeouts.Default;

    /// <summary><c>set limit states</c>: of all workers.</summary>
    public int StateLimit { get; init; } = StateTimeouts.DefaultStateLimit;

    /// <summary><c>set state-policy if-bound</c>: of rules that do not say.</summary>
    public bool IsIfBound { get; init; }

    /// <summary>Ports at which packets are not looked at: <c>set skip on</c>.</summary>
    public PortSet Skip { get; init; } = PortSet.Of();

    /// <summary>The tables that rules look into; their contents change while the model is in force.</summary>
    public TableSet Tables { get; init; } = TableSet.Empty;

    /// <summary>The appliance's secret: of chance, and of where keys lie.</summary>
    public required KeyedRandom Random { get; init; }

    public AdaptiveTimeouts Adaptive =>
        new(Timeouts[StateTimeout.AdaptiveStart], Timeouts[StateTimeout.AdaptiveEnd]);

    /// <summary>0 for the default rule.</summary>
    public uint AccountOf(int rule) => (uint)rule < (uint)Accounts.Length ? Accounts[rule] : 0u;

    /// <summary>One worker's matchers for all lists of rules.</summary>
    /// <param name="worker">Whose view of tables counts.</param>
    public RulesetMatcher OpenMatcher(int worker) => Rules.OpenMatcher(Routes, Random, worker);

    /// <summary>Of <see cref="Filter"/>'s match rules: the one part that grows while the model is in force.</summary>
    internal MatchSets Matches { get; private init; } = MatchSets.None;

    /// <summary>What sources are translated to, each pool once.</summary>
    public ImmutableArray<PoolSpec> OuterPools
    {
        init => _outer = OfBothFamilies(value);
    }

    /// <summary>What destinations are translated to.</summary>
    public ImmutableArray<PoolSpec> InnerPools
    {
        init => _inner = OfBothFamilies(value);
    }

    /// <summary>Whether a source may be translated to an address: what comes to it may have the key of somebody's answers.</summary>
    internal bool IsOuter(UInt128 address, bool isV6) => IsIn(_outer, address, isV6);

    /// <summary>Whether a destination may be translated to an address: what comes to it may look as if it had been.</summary>
    internal bool IsInner(UInt128 address, bool isV6) => IsIn(_inner, address, isV6);

    private static bool IsIn(ImmutableArray<AddressPool> pools, UInt128 address, bool isV6)
    {
        foreach (AddressPool pool in pools)
            if (pool.IsV6 == isV6 && pool.Contains(address)) return true;
        return false;
    }

    private static ImmutableArray<AddressPool> OfBothFamilies(ImmutableArray<PoolSpec> pools) =>
        [.. pools.SelectMany(pool => (bool[])[false, true], (pool, isV6) => pool.ToPool(isV6, KeyedRandom.FromSeed(0)))];

    private sealed class NoRoutes : IRouteFacts
    {
        public static readonly NoRoutes Instance = new();

        public bool HasRoute(UInt128 address, bool isV6) => false;

        public bool HasRouteBy(UInt128 address, bool isV6, int port) => false;
    }
}
