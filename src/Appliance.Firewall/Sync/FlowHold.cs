using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Sync before forwarding, of one worker: a new flow's first frames leave when the peer has acknowledged the flow's states. So no answer
/// to a flow ever comes that the peer would not know, whenever this box dies.
/// <code>
///   judged: makes a state, or has one that waits ──► trait ──► link ──► Take ──► held, behind those of its flow
///                                                                         │
///   end of the breath: the states are in the journal ──► Seal: the bucket's mark
///   begin of a breath: mark acknowledged, peer lost, or too late ──► Release ──► leaves, in order
/// </code>
/// Flows leave in the order in which they began; what they wait for comes in that order, too. Nothing is allocated, nobody waits, and no
/// lock is taken.
/// </summary>
internal sealed class FlowHold : IFrameHolder
{
    private readonly HeldFlows _flows = new();
    private readonly long[] _outcomes = new long[Enum.GetValues<HoldOutcome>().Length];
    private readonly FirewallShard _shard;
    private IFlowReceipts? _receipts;
    private long _patience;
    private bool _isOn;
    private long _session;                                              // in this breath
    private uint _unsealed;                                             // ordinal: flows from here on have no mark yet
    private int _held;
    private bool _isSevered;                                            // those that wait were told to another journal
    private bool _givesUp;
    private DropReason _reason;                                         // for which it does
    private bool _isLeaving;                                            // the first flow: counted, and its frames under way

    public FlowHold(FirewallShard shard) => _shard = shard;

    /// <summary>Whether new flows wait, since the latest breath began; as any thread may see it.</summary>
    public bool IsOn => Volatile.Read(ref _isOn);

    /// <summary>Whether frames are to be looked at: new flows wait, or some that began to still do.</summary>
    public bool MayHold => _isOn || _flows.Any;

    /// <summary>As any thread may see it.</summary>
    public int Count => Volatile.Read(ref _held);

    /// <summary>From a flow's first frame to the peer's acknowledgment, of those that had it in time.</summary>
    public DurationCounts Waits { get; } = new();

    /// <summary>When the first must leave at the latest.</summary>
    public MonotonicTime NextDeadline => _flows.Any ? _flows.First.Since + _patience : MonotonicTime.Never;

    public long this[HoldOutcome outcome] => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>
    /// From now on frames wait for these receipts, when those are awaited; null: they do not wait. Between two breaths.
    /// </summary>
    public void Use(IFlowReceipts? receipts, long patienceNanoseconds)
    {
        (_receipts, _patience) = (receipts, patienceNanoseconds);
        _isSevered |= _flows.Any;
        BeginBreath();
    }

    /// <summary>Before any frame: what is told in this breath is told in this session, or it counts for nothing.</summary>
    public void BeginBreath()
    {
        _session = _receipts?.Session ?? IFlowReceipts.Apart;
        bool isOn = _receipts is { AreAwaited: true };
        if (isOn != _isOn) Volatile.Write(ref _isOn, isOn);
    }

    /// <summary>A frame has made a state.</summary>
    public void Begin(Frame frame, ref FlowRecord state)
    {
        if (!_isOn || (state.Flags & FlowFlags.NoSync) != FlowFlags.None) return;
        state.Flags |= FlowFlags.Awaited;
        frame.Info.Traits |= FrameTraits.Awaiting;
    }

    /// <summary>A frame has passed by a state, which may wait or have waited.</summary>
    public void Follow(Frame frame, ref FlowRecord state, MonotonicTime now)
    {
        if ((state.Flags & FlowFlags.Awaited) == FlowFlags.None) return;
        if ((!_isOn && !_flows.Any) || now - state.Birth >= 2 * _patience) state.Flags &= ~FlowFlags.Awaited;
        else frame.Info.Traits |= FrameTraits.Awaiting;
    }

    /// <summary>Keeps the frame of a batch if its flow waits; drops it, if there is no room for more of that flow.</summary>
    public void Take(FrameBatch batch, Frame frame, in StageContext context)
    {
        int index = (int)frame.Info.Flow - 1;
        if (index < 0 || _shard.Table is not { } table || !IsAwaited(table, index)) return;
        ref FlowRecord state = ref table[index];
        if (!_flows.TryFind(index, state.Id, out uint flow) && !TryBegin(index, ref state, context.Now, out flow)) return;
        if (!_flows.TryAdd(flow, frame))
        {
            batch.Drop(frame, DropReason.QueueFull);
            CountChained(frame);
            return;
        }

        batch.End(frame, Disposition.Held);
        Volatile.Write(ref _held, _flows.Frames);
        context.Trace?.Explain(frame, "waits until the peer knows its state");
    }

    /// <summary>Behind the journal, at the end of a breath: all that was told of a new flow is behind its bucket's mark.</summary>
    public void Seal()
    {
        for (; _unsealed != _flows.Next; _unsealed++)
        {
            ref HeldFlows.Place flow = ref _flows.At(_unsealed);
            bool isTold = _receipts is { } receipts && !receipts.IsTorn(flow.Bucket);
            flow.Mark = isTold ? _receipts!.WrittenOf(flow.Bucket) : ulong.MaxValue;
        }
    }

    public int Release(FrameBatch into, in StageContext context)
    {
        while (_flows.Any && into.Room > 0)
        {
            if (!_isLeaving && !TryLetGo(ref _flows.First, context.Now)) break;
            _isLeaving = true;
            while (into.Room > 0 && _isLeaving)
            {
                _isLeaving = _flows.TryTakeOfFirst(out Frame frame);
                if (_isLeaving) Leave(into, frame);
            }
        }

        if (!_flows.Any) (_isSevered, _givesUp) = (false, false);
        Volatile.Write(ref _held, _flows.Frames);
        return into.Count;
    }

    public void GiveUp(DropReason reason) => (_givesUp, _reason) = (_flows.Any, reason);

    private static bool IsAwaited(FlowTable table, int index)
    {
        const FlowFlags wanted = FlowFlags.InUse | FlowFlags.Awaited;
        return (table[index].Flags & wanted) == wanted;
    }

    /// <summary>False: the flow need not wait, or cannot.</summary>
    private bool TryBegin(int index, ref FlowRecord state, MonotonicTime now, out uint flow)
    {
        flow = 0;
        bool isOver = now - state.Birth >= _patience;
        if (isOver || _session == IFlowReceipts.Apart || !_flows.HasRoom)
        {
            if (!isOver) Tally(_session == IFlowReceipts.Apart ? HoldOutcome.NoPeer : HoldOutcome.Crowded);
            Forget(ref state);
            return false;
        }

        flow = _flows.Begin(new HeldFlows.Place
        {
            State = index, Id = state.Id, Bucket = state.Bucket, Mark = ulong.MaxValue, Session = _session, Since = now,
        });
        return true;
    }

    /// <summary>Whether a flow need not wait any longer; if so it is counted, and its later frames do not wait.</summary>
    private bool TryLetGo(ref HeldFlows.Place flow, MonotonicTime now)
    {
        if (OutcomeOf(flow, now) is not { } outcome) return false;
        Tally(outcome);
        if (outcome == HoldOutcome.Acknowledged) Waits.Add(now - flow.Since);
        bool isThere = _shard.Table is { } table && IsAwaited(table, flow.State) && table[flow.State].Id == flow.Id;
        if (isThere) Forget(ref _shard.Table![flow.State]);
        return true;
    }

    private HoldOutcome? OutcomeOf(in HeldFlows.Place flow, MonotonicTime now)
    {
        if (_givesUp) return HoldOutcome.GivenUp;
        if (_isSevered || _receipts is not { } receipts || receipts.Session != flow.Session) return HoldOutcome.PeerLost;
        if (receipts.AcknowledgedOf(flow.Bucket) >= flow.Mark) return HoldOutcome.Acknowledged;
        return now - flow.Since >= _patience ? HoldOutcome.TooLate : null;
    }

    private void Leave(FrameBatch into, Frame frame)
    {
        frame.Info.Traits &= ~FrameTraits.Awaiting;
        frame.Info.Disposition = Disposition.Continue;
        if (_givesUp)
        {
            frame.Drop(_reason);
            CountChained(frame);
        }

        into.TryAdd(frame);
    }

    /// <summary>Of both of its halves.</summary>
    private void Forget(ref FlowRecord state)
    {
        state.Flags &= ~FlowFlags.Awaited;
        if (state.Partner != FlowRecord.Nobody) _shard.Table![state.Partner].Flags &= ~FlowFlags.Awaited;
    }

    /// <summary>Each fragment that is dropped counts.</summary>
    private static void CountChained(Frame frame)
    {
        if (!frame.Info.Next.IsNull) frame.Info.TrainFrames = HeldFlows.FramesOf(frame);
    }

    private void Tally(HoldOutcome outcome) => Volatile.Write(ref _outcomes[(int)outcome], _outcomes[(int)outcome] + 1);
}
