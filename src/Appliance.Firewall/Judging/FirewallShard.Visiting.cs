namespace Appliance.Firewall;

/// <content>What is asked of all states, some at a time.</content>
public sealed partial class FirewallShard
{
    /// <summary>
    /// Copies states, some at a time: a state that is there from the first call to the last, on this worker, is copied once. Between
    /// breaths.
    /// </summary>
    /// <param name="from">0, or what the last call answered.</param>
    /// <param name="steps">Records looked at, at most.</param>
    /// <param name="into">Where they are copied.</param>
    /// <param name="count">How many.</param>
    /// <returns>Where to go on, or <see cref="FlowTable.AllVisited"/>.</returns>
    public int ReadStates(int from, int steps, Memory<FlowRecord> into, out int count)
    {
        var copier = new StateCopier(into);
        int next = _table?.Visit(from, Math.Min(steps, into.Length), ref copier) ?? FlowTable.AllVisited;
        count = copier.Count;
        return next;
    }

    /// <summary>Ends the connections of states that are selected, some at a time, as <see cref="ReadStates"/> reads them.</summary>
    /// <returns>Where to go on, or <see cref="FlowTable.AllVisited"/>.</returns>
    public int KillStates(int from, int steps, StateSelector selector, out int killed)
    {
        _killed = 0;
        var killer = new StateKiller(selector);
        int next = Visit(from, steps, ref killer);
        killed = _killed;
        if (killed > 0) Changes++;
        return next;
    }

    /// <summary>
    /// As <see cref="FlowTable.Visit"/>, but kills no more states at once than can be told to who has their aliases: it may answer
    /// <paramref name="from"/>, and is asked again a breath later.
    /// </summary>
    internal int Visit<TVisitor>(int from, int steps, ref TVisitor visitor) where TVisitor : struct, IFlowVisitor =>
        _table?.Visit(from, Math.Min(steps, Aliases.Room), ref visitor) ?? FlowTable.AllVisited;
}
