namespace Appliance.Firewall;

/// <summary>
/// Hears what a table does to its states by itself, on the table's worker and in the midst of its work: it must not call back into it,
/// allocate or throw.
/// </summary>
public interface IFlowObserver
{
    /// <summary>
    /// A state is about to go. Its keys and its partner are still there; its alias, if it has one, is with another shard and has to be
    /// told. The index is <see cref="FlowRecord.Nobody"/> when the state was lost on its way here.
    /// </summary>
    void Ended(int index, ref FlowRecord state, FlowEnd why);
}
