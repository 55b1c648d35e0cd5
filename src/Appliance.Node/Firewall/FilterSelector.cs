using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>A <see cref="StateFilter"/> with its names resolved.</summary>
/// <param name="filter">What is asked for.</param>
/// <param name="port">The index of its port, or null.</param>
/// <param name="rules">By the numbers of rulesets which rules are meant; null: all.</param>
/// <param name="table">Its table, or null.</param>
internal sealed class FilterSelector(StateFilter filter, int? port, Dictionary<uint, bool[]>? rules, AddressTable? table) : StateSelector
{
    public override bool Selects(in FlowRecord state)
    {
        if (filter.Id is { } id && id != state.Id) return false;
        if (port is { } index && index != state.Port) return false;
        if (rules is not null && !IsOfRule(state)) return false;
        var ends = new StateEnds(state);
        if (filter.Protocol is { } protocol && protocol != ends.Protocol) return false;
        if (filter.Family is { } family && (family == 6) != ends.IsV6) return false;
        if (!Holds(filter.Source, filter.SourcePort, ends.IsV6, ends.Source, ends.SourcePort)
            && !Holds(filter.Source, filter.SourcePort, ends.IsV6, ends.TranslatedSource, ends.TranslatedSourcePort)) return false;
        if (!Holds(filter.Destination, filter.DestinationPort, ends.IsV6, ends.Destination, ends.DestinationPort)
            && !Holds(filter.Destination, filter.DestinationPort, ends.IsV6, ends.TranslatedDestination, ends.TranslatedDestinationPort))
            return false;
        if (filter.Gateway is { } gateway && !IsGateway(gateway, ends)) return false;
        return table is null || table.Contains(ends.Source, ends.IsV6) || table.Contains(ends.Destination, ends.IsV6);
    }

    private bool IsOfRule(in FlowRecord state) =>
        rules!.TryGetValue(state.Ruleset, out bool[]? meant) && state.Rule < meant.Length && meant[state.Rule];

    private static bool IsGateway(IpAddress gateway, in StateEnds ends) =>
        gateway.IsV6 == ends.IsV6
        && ((ends.IsSourceTranslated && gateway.Bits == ends.TranslatedSource)
            || (ends.IsDestinationTranslated && gateway.Bits == ends.TranslatedDestination));

    private static bool Holds(IpPrefix? prefix, ushort? wanted, bool isV6, UInt128 address, ushort port)
    {
        if (wanted is { } number && number != port) return false;
        if (prefix is not { } within) return true;
        return within.Contains(isV6 ? new Ipv6Address(address) : new Ipv4Address((uint)address));
    }
}
