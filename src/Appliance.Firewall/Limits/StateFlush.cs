using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's way through its states for a <see cref="FlushRound"/>, some in each breath. A bucket that comes may bring states from a
/// worker that had not looked at them yet: then this one looks at all of its own again.
/// </summary>
internal struct StateFlush
{
    /// <summary>Comparisons of a state with an order in a breath.</summary>
    private const int Steps = 8192;

    private const long MaxTravelNanoseconds = 10_000_000_000;           // of a bucket that was on its way

    private FlushRound? _round;
    private int _next;
    private bool _isCounted;                                            // the round waits for this worker

    public StateFlush() => _next = FlowTable.AllVisited;

    public readonly bool IsBusy => _next != FlowTable.AllVisited;

    public void Begin(FlushRound round) => (_round, _next, _isCounted) = (round, 0, true);

    public void BucketCame(MonotonicTime now)
    {
        if (_round is { } round && now - round.Time < MaxTravelNanoseconds) _next = 0;
    }

    /// <summary>Goes on; answers whether there was anything to do.</summary>
    public int Advance(FirewallShard shard)
    {
        if (!IsBusy || _round is not { } round) return 0;
        var visitor = new Visitor(round);
        _next = shard.Visit(_next, Steps / Math.Max(1, round.Orders.Length), ref visitor);
        if (!IsBusy && _isCounted)
        {
            _isCounted = false;
            round.Finish();
        }

        return 1;
    }

    private readonly struct Visitor(FlushRound round) : IFlowVisitor
    {
        public bool Visit(int index, ref FlowRecord state) => round.Means(state);
    }
}
