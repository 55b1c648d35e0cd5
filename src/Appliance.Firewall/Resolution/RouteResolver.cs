using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>What rules say of the way that packets go → values that rules name by their index.</summary>
internal sealed class RouteResolver(PoolSpecResolver pools, InterfaceResolver interfaces)
{
    private readonly ImmutableArray<RuleRoute>.Builder _all = ImmutableArray.CreateBuilder<RuleRoute>();

    public ImmutableArray<RuleRoute> All => _all.ToImmutable();

    /// <summary>The index of where the rule sends packets, or <see cref="Rule.None"/>.</summary>
    public int Resolve(PfRule rule)
    {
        if (rule.Route is not { } route) return Rule.None;
        PfPool pool = route.Pool;
        ImmutableArray<PoolMember> members =
        [
            .. pool.Addresses.SelectMany(hop => interfaces.FindPort(hop.Interface, pool.Position) is { } port
                ? pools.NextHops(hop.Host, rule.Family, port)
                : []),
        ];
        _all.Add(new RuleRoute(route.Kind, pools.Resolve(pool, [.. members.Distinct()])));
        return _all.Count - 1;
    }
}
