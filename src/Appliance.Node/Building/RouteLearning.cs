using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>
/// Learned routes, changed in place in the table that the workers look into. Behind each change they are told once: flows that remember
/// their way ask again, and what only the routes before needed can be given to others. One change at a time.
/// </summary>
internal sealed class RouteLearning(ImmutableArray<Worker> workers)
{
    private News? _last;

    /// <summary>Whether every worker has heard of the change before: only then there is another.</summary>
    public bool IsReady
    {
        get
        {
            if (_last is not { } last) return true;
            if (!last.IsDone) return false;
            last.Table.Settle(last.Change);
            _last = null;
            return true;
        }
    }

    /// <summary>When <see cref="IsReady"/>.</summary>
    public void Learn(ForwardingTable table, ReadOnlySpan<RouteChange> changes, List<RouteChange> refused)
    {
        foreach (RouteChange change in changes)
        {
            if (!table.Learn(change)) refused.Add(change);
        }

        _last = new News(table, table.EndChange(), workers.Length);
        foreach (Worker worker in workers)
        {
            if (!worker.TryPost(_last)) throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
        }
    }

    private sealed class News(ForwardingTable table, uint change, int workers) : IWorkerMail
    {
        private int _left = workers;

        public ForwardingTable Table => table;

        public uint Change => change;

        public bool IsDone => Volatile.Read(ref _left) == 0;

        public void Deliver(Worker worker)
        {
            worker.EndEpoch();
            Interlocked.Decrement(ref _left);
        }
    }
}
