using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// One worker's part in changes to the steering (<see cref="BucketMove"/>, <see cref="SteeringSwap"/>): where in its rings the frames
/// of the next rules begin, what it has to give away, what it waits for.
/// </summary>
internal sealed class SteeringChanges(Worker worker, HandOffMesh mesh, ImmutableArray<IBucketState> keepers, FlushPoint sent)
{
    private readonly HandOffPoint _handedOff = new(mesh, worker.Id);
    private readonly List<(int To, IWorkerMail Mail)> _unposted = [];
    private readonly List<BucketParcel> _early = [];
    private readonly FrameBatch _abandoned = new();
    private BucketMove? _departing;
    private SteeringSwap? _stopping;
    private Step _step;
    private int _exchanged;                         // letters of others that have come

    /// <summary>How far this worker is: of a departure <see cref="Passing"/> and <see cref="Flushing"/>, of a stop all.</summary>
    private enum Step
    {
        Passing,                                    // frames by the old rules are in its rings
        HandingOff,                                 // frames that it redirected have not been taken
        HandedOff,
        HandingOffAgain,                            // what was redirected to it, and by it once more, has not been taken
        Drained,
        Flushing,                                   // something that it made or queued has not been sent
        Flushed,
        Exchanging,                                 // what others kept of its buckets has not come
    }

    public WithheldFrames Withheld { get; } = new();

    /// <summary>The latest mark whose frames this worker may take from its rings.</summary>
    public uint Passable { get; private set; }

    /// <summary>Whether frames stay where they arrive for now.</summary>
    public bool IsStopping => _stopping is not null;

    /// <summary>Whether this worker waits for what others have done, or others for what it has: nobody rings for that.</summary>
    public bool IsUnderWay => _departing is not null || _stopping is not null || _unposted.Count > 0 || Withheld.Any;

    /// <summary>When something here has to be looked at though nothing else happens.</summary>
    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    /// <summary>From here on the dispatcher goes by the new table.</summary>
    public void Begin(BucketMove move)
    {
        worker.Adopt(move);
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
        arrival.Parcel.Unpack(keepers);
        foreach (ushort bucket in arrival.Parcel.Buckets) Withheld.Release(bucket);
    }

    /// <summary>May come before this worker knows that all have flushed: then it waits until there is room in the new buckets.</summary>
    public void Receive(BucketExchange exchange)
    {
        _exchanged++;
        if (_step == Step.Exchanging) exchange.Parcel.Unpack(keepers);
        else _early.Add(exchange.Parcel);
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
                _step = Step.HandedOff;
                swap.CountHandedOff();
                return true;
            case Step.HandedOff:
                if (!swap.IsHandedOff) return false;
                _handedOff.Set();
                _step = Step.HandingOffAgain;
                return true;
            case Step.HandingOffAgain:
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
            case Step.Flushed:
                if (!swap.IsFlushed) return false;
                Exchange(swap.Rules);
                _step = Step.Exchanging;
                return true;
            default:
                if (_exchanged < mesh.Workers - 1) return false;
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
            _unposted.Add((group.Key, new BucketArrival(move, BucketParcel.Pack(group.Select(transfer => transfer.Bucket), keepers))));
        _departing = null;
        PostWhatIsReady();
    }

    /// <summary>
    /// The new rules, by which all that is kept finds its bucket, and one letter to each other worker with what is that one's: it may be
    /// empty, for its reader waits for all. The marks are set later: nobody takes a frame by the new rules before it has read all letters.
    /// </summary>
    private void Exchange(SteeringRules rules)
    {
        worker.Adopt(rules);
        foreach (IBucketState keeper in keepers)
            keeper.Reset(rules.Table.Buckets);
        IEnumerable<ushort> buckets = Enumerable.Range(0, rules.Table.Buckets).Select(bucket => (ushort)bucket);
        ILookup<ushort, ushort> byOwner = buckets.ToLookup(rules.Table.OwnerOf);
        for (int to = 0; to < mesh.Workers; to++)
        {
            if (to != worker.Id) _unposted.Add((to, new BucketExchange(BucketParcel.Pack(byOwner[(ushort)to], keepers))));
        }

        foreach (BucketParcel parcel in _early) parcel.Unpack(keepers);
        _early.Clear();
        PostWhatIsReady();
    }

    /// <summary>What finds a full letter box is tried again a breath later.</summary>
    private void PostWhatIsReady()
    {
        if (_unposted.Count > 0) _unposted.RemoveAll(letter => mesh.TryPost(letter.To, letter.Mail));
    }

    private void GoOn(SteeringSwap swap)
    {
        SetMarks(swap.Number + 1);
        _stopping = null;
        _exchanged = 0;
        swap.CountGoingOn();
    }
}
