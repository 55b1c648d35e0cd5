using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What a new flow's destination becomes: an address of the rule's pool, and a port that follows from its own.</summary>
/// <param name="Pool">The rule's addresses.</param>
/// <param name="Ports">The rule's ports.</param>
public sealed record DestinationTranslation(AddressPool Pool, DestinationPorts Ports)
{
    /// <summary>Which source has which address, when the pool is sticky and takes turns; else null.</summary>
    public StickySources? Sticky { get; init; } =
        Pool is { IsSticky: true, Kind: PoolKind.RoundRobin, HasMembers: true } ? new StickySources() : null;

    /// <summary>
    /// Chooses as pf does: pools choose by the source, but for <c>bitmask</c>, which keeps the destination's host; only ports of TCP and
    /// UDP change. False, dropped as <c>nat-exhausted</c>: the pool is empty, or a sticky source has no room. When it answers true and
    /// <see cref="Sticky"/> is there, the state's end is to be told by <see cref="Unstick"/>.
    /// </summary>
    /// <param name="flow">Before translation.</param>
    /// <param name="protocol">Of the datagram.</param>
    /// <param name="translated">Behind the translation, its source as it was; maybe where <paramref name="flow"/> came from.</param>
    public bool TryChoose(FrameEndpoints flow, IpProtocol protocol, out FrameEndpoints translated)
    {
        translated = flow;
        PoolWalk walk = Pool.Begin(flow, flow.Destination);
        if (!walk.TryNext(out PoolChoice choice)) return false;
        UInt128 source = StickyLedger.KeyOf(flow.Source, Pool.IsV6);
        if (Sticky is { } sticky && !sticky.TryHold(source, choice, out choice, Pool)) return false;
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
        ushort port = hasPorts ? Ports.Translate(flow.DestinationPort) : flow.DestinationPort;
        translated = flow with { Destination = choice.Address, DestinationPort = port };
        return true;
    }

    /// <summary>There will be no state after all.</summary>
    public void Unstick(UInt128 source) => Sticky?.Release(StickyLedger.KeyOf(source, Pool.IsV6));
}
