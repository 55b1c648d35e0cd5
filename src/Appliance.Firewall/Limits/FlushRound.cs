using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Some orders that all workers carry out on their states of that time, each in steps. The next round begins when the last worker is done;
/// it knows this one, for buckets that have moved meanwhile.
/// </summary>
public sealed class FlushRound
{
    public const int MaxOrders = 64;

    private int _busy;
    private FlushRound? _earlier;

    /// <param name="orders">At most <see cref="MaxOrders"/>.</param>
    /// <param name="time">States that were made later are not meant.</param>
    /// <param name="workers">All that have states.</param>
    /// <param name="earlier">The round before, if it may still matter.</param>
    public FlushRound(ImmutableArray<FlushOrder> orders, MonotonicTime time, int workers, FlushRound? earlier)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(orders.Length, MaxOrders, nameof(orders));
        (Orders, Time, _busy, _earlier) = (orders, time, workers, earlier);
        if (earlier is not null) earlier._earlier = null;
    }

    public ImmutableArray<FlushOrder> Orders { get; }

    public MonotonicTime Time { get; }

    public bool IsDone => Volatile.Read(ref _busy) == 0;

    /// <summary>Whether a state is to be killed.</summary>
    public bool Means(in FlowRecord state) => MeansAlone(state) || (_earlier is { } earlier && earlier.MeansAlone(state));

    /// <summary>A worker has looked at all of its states.</summary>
    internal void Finish() => Interlocked.Decrement(ref _busy);

    private bool MeansAlone(in FlowRecord state)
    {
        if (state.Created > Time) return false;
        foreach (FlushOrder order in Orders)
            if (order.Means(state)) return true;
        return false;
    }
}
