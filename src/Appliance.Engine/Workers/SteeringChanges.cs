using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// One worker's part in changes to the steering (<see cref="BucketMove"/>, <see cref="SteeringSwap"/>): where in its rings the frames
/// of the next rules begin, what it has to give away, what it waits for.
/// </summary>
internal sealed class SteeringChanges(Worker worker, HandOffMesh mesh, ImmutableArray<IBucketState> keepers, FlushPoint sent)
{
    private readonly HandOffPoint _handedOff = new(mesh, worker.Id);
    private readonly List<(int To, BucketArrival Arrival)> _unposted = [];
    private readonly FrameBatch _abandoned = new();
    private BucketMove? _departing;
    private SteeringSwap? _stopping;
    private Step _step;

    /// <summary>How far this worker is: of a departure the first and the third, of a stop all.</summary>
    private enum Step
    {
        Passing,                                    // frames by the old rules are in its rings
        HandingOff,                                 // frames that it redirected have not been taken
        Drained,
        Flushing,                                   // something that it made or queued has not been sent
        Flushed,
    }

    public WithheldFrames Withheld { get; } = new();

    /// <summary>The latest mark whose frames this worker may take from its rings.</summary>
    public uint Passable { get; private set; }

    /// <summary>Whether frames stay where they arrive for now.</summary>
    public bool IsStopping => _stopping is not null;

    /// <summary>When something here has to be looked at though nothing else happens.</summary>
    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    /// <summary>From here on the dispatcher goes by the new table.</summary>
    public void Begin(BucketMove move)
    {
        worker.Adopt(move.Rules);
        SetMarks(move.Number);
        foreach (BucketTransfer transfer in move.Transfers)
        {
            if (transfer.To == worker.Id) Withheld.Await(transfer.Bucket);
            if (transfer.From == worker.Id) _departing = move;
        }

        _step = Step.Passing;
    }

    /// <summary>
    /// From here on no frame comes in until all workers have finished theirs. Behind the mark there are redirected frames only.
    /// </summary>
    public void Begin(SteeringSwap swap)
    {
        SetMarks(swap.Number);
        _stopping = swap;
        _step = Step.Passing;
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
        if (_departing is not null) return TryDepart(_departing, now, exit);
        return _stopping is not null && TryStop(_stopping, now, exit);
    }

    private bool TryDepart<TExit>(BucketMove move, MonotonicTime now, TExit exit) where TExit : IFrameExit
    {
        if (_step == Step.Passing)
        {
            if (!AllMarksPassed(move.Number)) return false;
            _handedOff.Set();
            sent.Set(now);
            _step = Step.Flushing;
        }

        if (!IsAllSent(now, exit) || !_handedOff.IsReached()) return false;
        Depart(move);
        return true;
    }

    private bool TryStop<TExit>(SteeringSwap swap, MonotonicTime now, TExit exit) where TExit : IFrameExit
    {
        switch (_step)
        {
            case Step.Passing:
                if (!AllMarksPassed(swap.Number)) return false;
                _handedOff.Set();
                _step = Step.HandingOff;
                return true;
            case Step.HandingOff:
                if (!_handedOff.IsReached()) return false;
                _step = Step.Drained;
                swap.CountDrained();
                return true;
            case Step.Drained:
                if (!swap.IsDrained) return false;
                sent.Set(now);
                _step = Step.Flushing;
                return true;
            case Step.Flushing:
                if (!IsAllSent(now, exit)) return false;
                _step = Step.Flushed;
                swap.CountFlushed();
                return true;
            default:
                if (!swap.IsFlushed) return false;
                GoOn(swap);
                return true;
        }
    }

    /// <summary>Whether what was made and queued up to the point has been sent, or given up behind a port that stands still.</summary>
    private bool IsAllSent<TExit>(MonotonicTime now, TExit exit) where TExit : IFrameExit
    {
        bool reached = sent.IsReached(now, _abandoned);
        foreach (Frame frame in _abandoned.Frames)
        {
            frame.Drop(DropReason.QueueFull);
            exit.Take(frame);
        }

        _abandoned.Clear();
        if (!reached) NextDeadline = sent.Deadline;
        return reached;
    }

    private void SetMarks(uint number)
    {
        Passable = number;
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

    private void GoOn(SteeringSwap swap)
    {
        worker.Adopt(swap.Rules);
        foreach (IBucketState keeper in keepers)
            keeper.Reset(swap.Rules.Table.Buckets);
        SetMarks(swap.Number + 1);
        _stopping = null;
        swap.CountGoingOn();
    }
}
