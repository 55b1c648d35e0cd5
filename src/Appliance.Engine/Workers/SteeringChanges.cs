using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// One worker's part in changes to the steering (<see cref="BucketMove"/>, <see cref="SteeringSwap"/>): where in its rings the frames
/// of the next rules begin, what it has to give away, what it waits for.
/// </summary>
internal sealed class SteeringChanges(Worker worker, HandOffMesh mesh, ImmutableArray<IBucketState> keepers, FlushPoint sent)
{
    private readonly List<(int To, BucketArrival Arrival)> _unposted = [];
    private readonly FrameBatch _abandoned = new();
    private BucketMove? _departing;
    private SteeringSwap? _stopping;
    private bool _marksPassed;
    private bool _stopped;

    public WithheldFrames Withheld { get; } = new();

    /// <summary>The latest change whose frames this worker may take from its rings.</summary>
    public uint Passable { get; private set; }

    /// <summary>Whether frames stay where they arrive for now.</summary>
    public bool IsStopping => _stopping is not null;

    /// <summary>When something here has to be looked at though nothing else happens.</summary>
    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    /// <summary>From here on the dispatcher goes by the new table.</summary>
    public void Begin(BucketMove move)
    {
        worker.Adopt(move.Rules);
        Passable = move.Number;
        MarkRings(move.Number);
        foreach (BucketTransfer transfer in move.Transfers)
        {
            if (transfer.To == worker.Id) Withheld.Await(transfer.Bucket);
            if (transfer.From == worker.Id) _departing = move;
        }

        _marksPassed = false;
    }

    /// <summary>From here on no frame comes in until all workers have finished theirs.</summary>
    public void Begin(SteeringSwap swap)
    {
        MarkRings(swap.Number);
        _stopping = swap;
        _stopped = _marksPassed = false;
    }

    public void Receive(BucketArrival arrival)
    {
        for (int i = 0; i < arrival.Buckets.Length; i++)
        {
            ushort bucket = arrival.Buckets[i];
            ReadOnlySpan<object?> states = arrival.StatesOf(i, keepers.Length);
            for (int keeper = 0; keeper < keepers.Length; keeper++)
                keepers[keeper].Attach(bucket, states[keeper]);
            Withheld.Release(bucket);
        }
    }

    /// <summary>At the end of a breath. Answers whether it has brought a change further.</summary>
    /// <param name="now">The breath's time.</param>
    /// <param name="exit">Where frames go that a port has not taken for too long.</param>
    public bool Advance<TExit>(MonotonicTime now, TExit exit) where TExit : IFrameExit
    {
        NextDeadline = MonotonicTime.Never;
        PostWhatIsReady();
        if (_departing is null && _stopping is null) return false;
        if (_stopped) return TryGoOn();
        if (!_marksPassed)
        {
            if (!AllMarksPassed(_departing?.Number ?? _stopping!.Number)) return false;
            _marksPassed = true;
            sent.Set(now);
        }

        bool reached = sent.IsReached(now, _abandoned);
        foreach (Frame frame in _abandoned.Frames)
        {
            frame.Drop(DropReason.QueueFull);
            exit.Take(frame);
        }

        _abandoned.Clear();
        if (!reached)
        {
            NextDeadline = sent.Deadline;
            return false;
        }

        if (_departing is not null) Depart(_departing);
        else Stop(_stopping!);
        return true;
    }

    private void MarkRings(uint number)
    {
        for (int to = 0; to < mesh.Workers; to++)
            mesh.Forward(worker.Id, to)?.Mark(number);
    }

    private bool AllMarksPassed(uint number)
    {
        for (int from = 0; from < mesh.Workers; from++)
        {
            if (mesh.Forward(from, worker.Id) is { } ring && !ring.HasPassed(number)) return false;
        }

        return true;
    }

    /// <summary>One letter to each worker that gets something.</summary>
    private void Depart(BucketMove move)
    {
        foreach (IGrouping<ushort, BucketTransfer> group in move.Transfers.Where(move => move.From == worker.Id).GroupBy(move => move.To))
        {
            ImmutableArray<ushort> buckets = [.. group.Select(transfer => transfer.Bucket)];
            object?[] states = [.. buckets.SelectMany(bucket => keepers.Select(keeper => keeper.Detach(bucket)))];
            _unposted.Add((group.Key, new BucketArrival(move, buckets, states)));
        }

        _departing = null;
        PostWhatIsReady();
    }

    /// <summary>What finds a full letter box is tried again a breath later.</summary>
    private void PostWhatIsReady()
    {
        if (_unposted.Count > 0) _unposted.RemoveAll(letter => mesh.TryPost(letter.To, letter.Arrival));
    }

    private void Stop(SteeringSwap swap)
    {
        _stopped = true;
        swap.CountStopped();
    }

    private bool TryGoOn()
    {
        if (_stopping is not { IsDrained: true } swap) return false;
        worker.Adopt(swap.Rules);
        foreach (IBucketState keeper in keepers)
            keeper.Reset(swap.Rules.Table.Buckets);
        Passable = swap.Number;
        _stopping = null;
        _stopped = false;
        swap.CountGoingOn();
        return true;
    }
}
