using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// What one rule translates, ready for use: pools with their turns and who sticks to which address, shared by all workers. A part that the
/// rule has is there for both families, with an empty pool where the rule has no address of one: who is asked then has to drop.
/// </summary>
/// <remarks>
/// Where a rule has both parts, the destination is translated first, and the source of what that comes to: so the port is free towards
/// where the flow really goes. What comes out as it went in was not translated, as in pf: <c>pass</c> of <c>rdr pass</c> is not for it.
/// </remarks>
public sealed class LiveTranslation
{
    private readonly SourceTranslation? _sourceV4, _sourceV6;
    private readonly DestinationTranslation? _destinationV4, _destinationV6;

    /// <param name="rule">What it does.</param>
    /// <param name="secret">The appliance's.</param>
    /// <param name="sticky">What its source's pool remembers; null: nothing.</param>
    /// <param name="stickyDestination">And its destination's.</param>
    public LiveTranslation(RuleTranslation rule, KeyedRandom secret, StickySources? sticky = null, StickySources? stickyDestination = null)
    {
        if (rule.Source is { } source)
        {
            AddressPool v4 = source.Pool.ToPool(isV6: false, secret), v6 = source.Pool.ToPool(isV6: true, secret);
            _sourceV4 = new SourceTranslation(v4, source.Ports, secret) { Sticky = sticky };
            _sourceV6 = new SourceTranslation(v6, source.Ports, secret) { Sticky = sticky };
        }

        if (rule.Destination is { } destination)
        {
            AddressPool v4 = destination.Pool.ToPool(isV6: false, secret), v6 = destination.Pool.ToPool(isV6: true, secret);
            _destinationV4 = new DestinationTranslation(v4, destination.Ports) { Sticky = stickyDestination };
            _destinationV6 = new DestinationTranslation(v6, destination.Ports) { Sticky = stickyDestination };
        }
    }

    /// <summary>Whether flows of UDP keep the port that their source has.</summary>
    public bool IsEndpointIndependent => _sourceV4 is { Policy.IsEndpointIndependent: true };

    /// <summary>Null: the rule leaves sources as they are.</summary>
    public SourceTranslation? Source(bool isV6) => isV6 ? _sourceV6 : _sourceV4;

    /// <summary>Null: the rule leaves destinations as they are.</summary>
    public DestinationTranslation? Destination(bool isV6) => isV6 ? _destinationV6 : _destinationV4;
}
