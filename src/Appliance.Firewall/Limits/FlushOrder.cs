namespace Appliance.Firewall;

/// <summary>Whose states are to be killed: those that a source began, as it is on the wire, or that lead to it there; as in pf.</summary>
/// <param name="Event">The source, and in which direction its states were made.</param>
/// <param name="IsGlobal">Of any rule; else of the one that it went over the limit of.</param>
public readonly record struct FlushOrder(OverloadEvent Event, bool IsGlobal)
{
    public bool Means(in FlowRecord state)
    {
        if (!IsGlobal && state.Account != Event.Account) return false;
        FlowKey wire = state.Wire;
        UInt128 address = Event.Direction == FlowDirection.In ? wire.Outside : wire.Inside;
        return wire.IsV6 == Event.Address.IsV6 && address == Event.Address.Bits;
    }
}
