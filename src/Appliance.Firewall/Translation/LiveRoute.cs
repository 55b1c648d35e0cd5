using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Where one rule sends packets, ready for use; shared by all workers. The way is chosen once for a state, when it is made; packets that a
/// rule passes without state have it chosen each (pf_route in FreeBSD's pf.c).
/// </summary>
public sealed class LiveRoute
{
    private readonly AddressPool _v4, _v6;

    /// <param name="rule">What it does.</param>
    /// <param name="secret">The appliance's.</param>
    /// <param name="sticky">What it remembers of its sources; null: nothing.</param>
    public LiveRoute(RuleRoute rule, KeyedRandom secret, StickySources? sticky = null)
    {
        (Kind, Sticky) = (rule.Kind, sticky);
        (_v4, _v6) = (rule.Pool.ToPool(isV6: false, secret), rule.Pool.ToPool(isV6: true, secret));
    }

    public RouteKind Kind { get; }

    /// <summary>Which source goes which way, when the pool is sticky and takes turns; else null.</summary>
    public StickySources? Sticky { get; }

    /// <summary>Whether it is for packets that go this way, when the rule is of that direction.</summary>
    public bool IsFor(RuleDirection packet, RuleDirection rule) => (packet == rule) != (Kind == RouteKind.ReplyTo);

    /// <summary>
    /// False: the pool has no address of the family, or a sticky source no room; as in pf the packet is dropped. When it answers true and
    /// <see cref="Sticky"/> is there, the state's end is to be told by <see cref="Unstick"/>.
    /// </summary>
    /// <param name="flow">Of the packet that makes the state. The choice goes by its source.</param>
    /// <param name="isV6">Its family.</param>
    /// <param name="way">Where to.</param>
    public bool TryChoose(in FrameEndpoints flow, bool isV6, out RouteChoice way)
    {
        way = default;
        AddressPool pool = isV6 ? _v6 : _v4;
        PoolWalk walk = pool.Begin(flow, flow.Source);
        if (!walk.TryNext(out PoolChoice choice)) return false;
        if (Sticky is { } sticky && !sticky.TryHold(StickyLedger.KeyOf(flow.Source, isV6), choice, out choice, pool)) return false;
        way = new RouteChoice(choice.Via ?? 0, choice.Address);
        return true;
    }

    /// <summary>There will be no state after all.</summary>
    public void Unstick(UInt128 source, bool isV6) => Sticky?.Release(StickyLedger.KeyOf(source, isV6));
}
