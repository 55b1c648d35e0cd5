namespace Appliance.Firewall;

/// <summary>Has selected states killed.</summary>
internal readonly struct StateKiller(StateSelector selector) : IFlowVisitor
{
    public bool Visit(int index, ref FlowRecord state) => selector.Selects(state);
}
