namespace Appliance.Firewall;

/// <summary>Looks at states one by one; a struct, so that a predicate costs no call.</summary>
public interface IFlowVisitor
{
    /// <summary>True: the state is to be killed.</summary>
    bool Visit(int index, ref FlowRecord state);
}
