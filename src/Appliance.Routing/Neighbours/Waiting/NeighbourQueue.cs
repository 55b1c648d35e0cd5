using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// One worker's side of neighbour resolution: reads the cells, asks the control side for whom nobody knows, and keeps the frames meanwhile
/// (<see cref="WaitingFrames"/>). They leave in order when the neighbour is known, before anything newer for it; when it does not answer
/// they are dropped as <see cref="DropReason.NoNeighbour"/>, and their senders are told.
/// <code>
///   route ──► TrySeek ── known ──────► the cell's reference, which flows may remember
///                └────── unknown ────► a number for this breath ──┐
///   link ───► TryResolve ── usable ──► its MAC address            ├──► kept, and asked for once
///                └───────── not, or others wait for it ───────────┘
/// </code>
/// </summary>
internal sealed class NeighbourQueue : IFrameHolder, IBreathTimer, IBucketState
{
    /// <summary>Nanoseconds after which frames end that the control side has said nothing about.</summary>
    public const long Patience = 5_000_000_000;

    /// <summary>Nanoseconds after which a neighbour that is still nobody is asked for once more, when there is a frame for it.</summary>
    public const long AskAgainAfter = 1_000_000_000;

    /// <summary>Neighbours that were sought and not yet linked: two for each frame of a batch, and twice that.</summary>
    private const int SoughtCapacity = 4 * FrameBatch.DefaultCapacity;

    private readonly NeighbourCells _cells;
    private readonly MessageRing<NeighbourKey> _questions;
    private readonly ErrorReplies _errors;
    private readonly PathEpoch _epoch;
    private readonly WaitingFrames _frames;
    private readonly NeighbourKey[] _sought = new NeighbourKey[SoughtCapacity];
    private readonly ushort[] _told;                                    // by cell: the turn of its word that was spoken of, + 1
    private RoutingModel _model;
    private int _nextSought;
    private int _nextPlace = WaitingFrames.MaxInAll;                    // to look at, in a walk over those waited for
    private uint _changesSeen, _departuresSeen;

    public NeighbourQueue(int worker, NeighbourExchange exchange, RoutingModel model, ErrorReplies errors, PathEpoch epoch)
    {
        (_cells, _questions) = (exchange.Cells, exchange.QuestionsOf(worker));
        (_model, _errors, _epoch) = (model, errors, epoch);
        _frames = new WaitingFrames(new NeighbourHash(exchange.Random));
        _told = new ushort[_cells.Capacity + 1];
    }

    public int Count => _frames.Waiting + _frames.Ended;

    public MonotonicTime NextDeadline => _frames.Ended > 0 ? new MonotonicTime(long.MinValue)
        : _frames.Waiting > 0 ? _frames.OldestSince + Patience : MonotonicTime.Never;

    public void Adopt(RoutingModel model) => _model = model;

    /// <summary>Where frames to a neighbour go, as <see cref="FrameInfo.NextHop"/> says it. False: it does not answer.</summary>
    public bool TrySeek(Frame frame, int port, IpAddress neighbour)
    {
        var key = new NeighbourKey((ushort)port, neighbour);
        ref FrameInfo info = ref frame.Info;
        bool isFound = _cells.TryFind(key, out CellReference cell, out NeighbourWord word);
        if (isFound && word.State == NeighbourState.Failed)
        {
            Tell(cell, word, key);
            return false;
        }

        if (isFound && word.IsUsable) info.NextHop = NextHopCode.OfCell(cell);
        else Seek(ref info, key);
        return true;
    }

    /// <summary>
    /// The MAC address for the frame at <paramref name="index"/>, whose next hop is no MAC address. False: the frame has been kept or
    /// dropped; where it was a train, its followers stand behind it now, to be asked about.
    /// </summary>
    public bool TryResolve(int index, FrameBatch batch, in StageContext context, out MacAddress mac)
    {
        Frame frame = batch.Frames[index];
        ulong code = frame.Info.NextHop;
        NeighbourKey key;
        mac = default;
        if (NextHopCode.IsSought(code))
        {
            key = _sought[NextHopCode.SoughtOf(code)];
        }
        else
        {
            CellReference cell = NextHopCode.CellOf(code);
            bool isKnown = _cells.TryRead(cell, out NeighbourWord word) & _cells.TryReadKey(cell, out key);
            if (isKnown && word.State is NeighbourState.Stale or NeighbourState.Failed) Tell(cell, word, key);
            bool isWaitedFor = isKnown && _frames.Waiting > 0 && _frames.TryFind(key, out _);
            if (isKnown && word.IsUsable && !isWaitedFor)
            {
                mac = word.Mac;
                return true;
            }

            if (!isKnown || (word.State == NeighbourState.Failed && !isWaitedFor))
            {
                _epoch.End();                                           // who has remembered this goes the long way, and is told there
                Drop(index, batch);
                return false;
            }
        }

        Keep(index, batch, key, context);
        return false;
    }

    public int Release(FrameBatch into, in StageContext context)
    {
        if (_departuresSeen != _cells.Departures)
        {
            _departuresSeen = _cells.Departures;
            _epoch.End();
        }

        if (_changesSeen != _cells.Changes)
        {
            _changesSeen = _cells.Changes;
            _nextPlace = 0;
        }

        // All that wait for a neighbour or none of them: the rest would be in the way of those that have gone.
        for (; _nextPlace < WaitingFrames.MaxInAll && into.Room >= WaitingFrames.MaxOfOne; _nextPlace++)
        {
            if (_frames.IsWaitedFor(_nextPlace)) Release(_nextPlace, into, context);
        }

        while (into.Room > 0 && _frames.TryTakeEnded(out Frame ended)) into.TryAdd(ended);
        return into.Count;
    }

    public void GiveUp(DropReason reason) => _frames.EndAll(bucket: null, reason);

    public int Fire(in StageContext context)
    {
        int ended = 0;
        for (; _frames.Waiting > 0 && context.Now - _frames.OldestSince >= Patience; ended++) _frames.EndOldest();
        return ended;
    }

    /// <summary>What waits does not move with its bucket: it would have to wait in order with what the next owner gets.</summary>
    public object? Detach(ushort bucket)
    {
        _frames.EndAll(bucket);
        return null;
    }

    public void Attach(ushort bucket, object? state)
    {
    }

    public void Reset(int buckets) => _frames.EndAll(bucket: null);

    /// <summary>Lets all frames that wait for a neighbour go, or ends them, when more is known of it.</summary>
    private void Release(int place, FrameBatch into, in StageContext context)
    {
        if (!_cells.TryFind(_frames.KeyOf(place), out CellReference cell, out NeighbourWord word)) return;
        if (!word.IsUsable && word.State != NeighbourState.Failed) return;
        for (bool isLast = false; !isLast;)
        {
            ulong mark = _frames.MarkOfFirst(place);
            Frame frame = _frames.TakeFirst(place, out isLast);
            if (word.IsUsable)
            {
                frame.Info.Disposition = Disposition.Continue;
                frame.Info.NextHop = NextHopCode.OfCell(cell);
                into.TryAdd(frame);
            }
            else
            {
                Answer(frame, mark, context);
                _frames.End(frame);
            }
        }
    }

    private void Seek(ref FrameInfo info, in NeighbourKey key)
    {
        info.NextHop = NextHopCode.OfSought(_nextSought);
        info.Traits |= FrameTraits.Seeking;
        _sought[_nextSought] = key;
        _nextSought = (_nextSought + 1) & (SoughtCapacity - 1);
    }

    private void Keep(int index, FrameBatch batch, in NeighbourKey key, in StageContext context)
    {
        Frame frame = batch.Frames[index];
        if (frame.IsTrain) batch.Uncouple(index);                       // no train outlives its breath
        int place = _frames.Add(frame, key, context.Now, _errors.Origin.MarkOf(frame));
        batch.End(frame, Disposition.Held);
        ref MonotonicTime askedAt = ref _frames.AskedAt(place);
        if (context.Now - askedAt >= AskAgainAfter && _questions.TryPut(key)) askedAt = context.Now;
        context.Trace?.Explain(frame, $"waits for {key.Address}");
    }

    private static void Drop(int index, FrameBatch batch)
    {
        Frame frame = batch.Frames[index];
        if (frame.IsTrain) batch.Uncouple(index);
        batch.Drop(frame, DropReason.NoNeighbour);
        WaitingFrames.Drop(frame);
    }

    /// <summary>
    /// Tells the sender of a frame that has waited, if it is still known who that is. Not of one that went the short way, which may have
    /// changed its endpoints: what comes next from there goes the long way, is refused on arrival, and told.
    /// </summary>
    private void Answer(Frame frame, ulong mark, in StageContext context)
    {
        if ((frame.Info.Traits & FrameTraits.Seeking) != FrameTraits.None && _errors.Origin.MarkOf(frame) == mark)
            _errors.TryReply(frame, ErrorKind.HostUnreachable, 0, _model, context);
    }

    /// <summary>Says, once for each turn of its word, that a neighbour is used.</summary>
    private void Tell(in CellReference cell, NeighbourWord word, in NeighbourKey key)
    {
        ushort turn = (ushort)(word.Turn + 1);
        if (_told[cell.Index] != turn && _questions.TryPut(key)) _told[cell.Index] = turn;
    }
}
