namespace Appliance.Firewall;

/// <summary>Copies the states that it sees, as many as there is room for.</summary>
internal struct StateCopier(Memory<FlowRecord> into) : IFlowVisitor
{
    public int Count { get; private set; }

    public bool Visit(int index, ref FlowRecord state)
    {
        into.Span[Count++] = state;
        return false;
    }
}
