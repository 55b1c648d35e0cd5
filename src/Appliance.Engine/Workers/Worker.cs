using System.Diagnostics;
using System.Threading.Channels;

namespace Appliance.Engine;

/// <summary>
/// One vCPU, one breath at a time: mail and letters, frames made here, frames from its ports, frames handed over, transmit, kick. It owns
/// its queues, pool, counters and stages, and shares nothing but rings. Whoever calls <see cref="Step"/> is its thread for that breath: a
/// pinned thread in production, the replay or the simulator elsewhere.
/// </summary>
public sealed partial class Worker : ISteppable
{
    /// <summary>Letters that may wait for a worker.</summary>
    public const int MailCapacity = 256;

    private readonly StageSequence _path;
    private readonly HandOffMesh _mesh;
    private readonly FrameSource _source;
    private readonly FrameBatch _batch = new();
    private readonly FrameBatch _reclaimed = new();
    private readonly FrameBatch[] _handOff;             // by owner
    private readonly ReturnPath _returns;
    private readonly EgressTable _egress;               // by physical port
    private readonly SteeringChanges _changes;
    private readonly Channel<IWorkerMail> _mail = Channel.CreateBounded<IWorkerMail>(MailCapacity);
    private IPortQueue[] _queues = [];
    private PortTable _ports;
    private MonotonicTime _now;                         // of the latest breath
    private volatile bool _hasMail;                     // since the mail was read; the channel itself takes a lock to tell

    public Worker(int id, PortTable ports, FramePool pool, StageSequence path, HandOffMesh mesh)
    {
        Id = id;
        _ports = ports;
        Pool = pool;
        _path = path;
        _mesh = mesh;
        Counters = new WorkerCounters(ports.Count);
        _source = new FrameSource(pool, Counters);
        _egress = new EgressTable(ports.Count);
        _handOff = [.. Enumerable.Range(0, mesh.Workers).Select(_ => new FrameBatch())];
        _returns = new ReturnPath(pool, mesh, id);
        _changes = new SteeringChanges(this, mesh, path.BucketStates, new FlushPoint(_source, _egress));
        mesh.Register(this);
    }

    public int Id { get; }

    public FramePool Pool { get; }

    public WorkerCounters Counters { get; }

    public StageSequence Path => _path;

    /// <summary>Asked for by one trace at a time; null otherwise.</summary>
    public IPathTrace? Trace { get; set; }

    /// <summary>What it does around the frames of a breath; null: nothing. Set between breaths.</summary>
    public IBreathPart? Part { get; set; }

    /// <summary>Follows frames of its choice; null otherwise. Set between breaths.</summary>
    public IFrameTap? Tap { get; set; }

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = _changes.NextDeadline, offer = _egress.NextOffer(_now);
            if (offer < next) next = offer;
            foreach (IBreathTimer timer in _path.Timers)
                next = timer.NextDeadline < next ? timer.NextDeadline : next;
            return next;
        }
    }

    /// <summary>Frames that stay with this worker between breaths, of whatever pool.</summary>
    public int FramesHeld =>
        _source.Submitted.Count + _changes.Withheld.Count + (_path.Holder?.Count ?? 0) + (_path.LastHolder?.Count ?? 0)
        + _egress.Waiting;

    /// <summary>From any thread: asks for something between two breaths. False when too many letters wait.</summary>
    public bool TryPost(IWorkerMail mail)
    {
        if (!_mail.Writer.TryWrite(mail)) return false;
        _hasMail = true;                                // behind the letter: whoever sees it finds that
        Doorbell.Ring();
        return true;
    }

    /// <summary>Swaps the model of every stage that works by a <typeparamref name="TModel"/>; between breaths only.</summary>
    public void Adopt<TModel>(TModel model) where TModel : class
    {
        if (model is PortTable ports) Know(ports);
        _path.Adopt(model);
    }

    /// <summary>What the stages decide by has changed in place; between breaths only.</summary>
    public void EndEpoch() => _path.EndEpoch();

    public int Step(MonotonicTime now)
    {
        _now = now;
        int work = LookAtLease(now);
        work += ReadMail(now);
        if (Part is { } part) work += part.Begin(now);
        Tap?.BreathBegins(Id, now);
        StageContext context = ContextAt(now);
        foreach (ILetterBox box in _path.LetterBoxes) work += box.Collect(context);
        work += _returns.BringHome();
        work += EnterHeld(context);
        work += EnterGenerated(context);
        if (!_changes.IsStopping)
        {
            work += ReceiveFromPorts(context);
            work += ReceiveFromHost(context);
        }

        work += ReceiveHandedOff(context);
        foreach (IBreathTimer timer in _path.Timers) work += timer.Fire(context);
        work += TransmitAll();
        if (_changes.Advance(now, new Exit(this))) work++;
        _returns.SendHome();
        Part?.End();
        if (work > 0) WakeOthers();
        return work;
    }

    /// <summary>
    /// Does what time alone makes due, and what others have written of that, and looks at no frame. Answers how much; a bounded part at a
    /// time.
    /// </summary>
    public int FireTimers(MonotonicTime now)
    {
        _now = now;
        StageContext context = ContextAt(now);
        int work = 0;
        foreach (ILetterBox box in _path.LetterBoxes) work += box.Collect(context);
        foreach (IBreathTimer timer in _path.Timers) work += timer.Fire(context);
        return work;
    }

    /// <summary>Takes part in a move of buckets from the next frame on; between breaths.</summary>
    internal void Begin(BucketMove move) => _changes.Begin(move);

    /// <summary>Takes part in a change of the rules; between breaths.</summary>
    internal void Begin(SteeringSwap swap) => _changes.Begin(swap);

    /// <summary>Goes on with what another worker kept of its buckets; between breaths.</summary>
    internal void Receive(BucketArrival arrival) => _changes.Receive(arrival);

    /// <summary>Takes what another worker kept of buckets that are this one's by new rules; between breaths.</summary>
    internal void Receive(BucketExchange exchange) => _changes.Receive(exchange);

    private StageContext ContextAt(MonotonicTime now) => new(now, Id, Counters, Pool, _source, Trace);

    /// <summary>
    /// Letters one by one: what waited for a bucket goes on before the next bucket comes. A frame of a flow that waits for its key's bucket
    /// would else overtake an earlier one that was redirected and waits for its state's.
    /// </summary>
    private int ReadMail(MonotonicTime now)
    {
        if (!_hasMail) return 0;
        _hasMail = false;                               // before the letters: one that comes meanwhile is read now, or seen next time
        int work = 0;
        for (; _mail.Reader.TryRead(out IWorkerMail? mail); work++)
        {
            mail.Deliver(this);
            if (_changes.Withheld.HasReleased) work += EnterReleased(ContextAt(now));
        }

        return work;
    }

    /// <summary>
    /// What waited behind all that judges and may go on, or has ended there: ahead of anything newer, and who is further ahead first.
    /// </summary>
    private int EnterHeld(in StageContext context)
    {
        int work = 0;
        for (int released; (released = Release(_path.LastHolder, context)) > 0; work += released)
        {
            _path.RunParting(_batch, context, new Exit(this));
            _batch.Clear();
        }

        for (int released; (released = Release(_path.Holder, context)) > 0; work += released)
        {
            _path.RunFinishing(_batch, context, new Exit(this));
            _batch.Clear();
        }

        return work;
    }

    private int Release(IFrameHolder? holder, in StageContext context)
    {
        int released = holder?.Release(_batch, context) ?? 0;
        if (released == 0) return 0;
        foreach (Frame frame in _batch.Frames) _batch.NoteEnded(frame.Info.Disposition == Disposition.Continue ? 0 : 1);
        _batch.Settle(new Exit(this));
        return released;
    }

    /// <summary>All that was made here so far; what these frames cause in turn waits for the next time.</summary>
    private int EnterGenerated(in StageContext context)
    {
        FrameBatch submitted = _source.Submitted;
        int work = submitted.Count;
        for (int left = work; left > 0;)
        {
            left -= submitted.MoveTo(_batch, left);
            StandDown(_batch);
            _path.RunLeaving(_batch, context, new Exit(this));
            _batch.Clear();
        }

        return work;
    }

    /// <summary>Ahead of a batch in the middle of a breath: each of its frames may want an answer.</summary>
    private void MakeRoomForGenerated(in StageContext context)
    {
        if (_source.Submitted.Room < _batch.Capacity) EnterGenerated(context);
    }

    private int ReceiveFromPorts(in StageContext context)
    {
        int received;
        do
        {
            received = 0;
            foreach (IPortQueue queue in _queues)
                received += queue.Receive(_batch);
        }
        while (received > 0 && _batch.Room > 0);

        int count = _batch.Count;
        if (count == 0) return 0;
        _batch.NoteEnded(CountIn(_batch.Frames));
        Tap?.Arrived(_batch.Frames, Id);
        _batch.Settle(new Exit(this));
        StandDown(_batch);
        _path.RunArrival(_batch, context, new Exit(this));
        FlushHandOff();                             // first: the other worker begins while this one judges
        RunOwned(context, mayHaveHosts: false);
        return count;
    }

    private int ReceiveHandedOff(in StageContext context)
    {
        int work = 0;
        for (int from = 0; from < _mesh.Workers; from++)
        {
            if (_mesh.Forward(from, Id) is not { } ring) continue;
            MakeRoomForGenerated(context);
            int count = ring.Dequeue(_batch.Free, _changes.Passable);
            if (count == 0) continue;
            _batch.Grow(count);
            foreach (Frame frame in _batch.Frames) frame.PrefetchInfo();        // all of it is in another core's cache
            foreach (Frame frame in _batch.Frames)
            {
                frame.PrefetchHeader();
                CountOwned(frame, 1);
            }

            Counters.CountBuckets(_batch.Frames);
            RunOwned(context);
            work += count;
        }

        return work;
    }

    /// <summary>What waited for its bucket and need not any more, before anything newer.</summary>
    private int EnterReleased(in StageContext context)
    {
        int work = 0;
        while (_changes.Withheld.HasReleased)
        {
            MakeRoomForGenerated(context);
            _changes.Withheld.MoveReleased(_batch);
            work += _batch.Count;
            RunOwned(context);
        }

        return work;
    }

    /// <param name="mayHaveHosts">Whether frames may be among them that a host sent: of other workers, or of earlier.</param>
    private void RunOwned(in StageContext context, bool mayHaveHosts = true)
    {
        if (_changes.Withheld.Any)
        {
            _changes.Withheld.Withhold(_batch);
            _batch.Settle(new Exit(this));
        }

        if (mayHaveHosts) TakeOutOfHost();
        StandDown(_batch);
        if (_batch.Count > 0) Counters.Batches++;
        if (Tap is { } tap && tap.Follows(_batch.Frames)) _path.RunOwner(_batch, context with { Trace = Tap }, new Exit(this));
        else _path.RunOwner(_batch, context, new Exit(this));
        Debug.Assert(_batch.Count == 0, "The last stage ends every frame.");
        _batch.Clear();
        FlushHandOff();
        HaveHostLeave(context);
        EnterRedirected(context);
    }

    /// <summary>What was redirected to this worker itself, once more: its bucket's state is on its way here, or has just come.</summary>
    private void EnterRedirected(in StageContext context)
    {
        FrameBatch redirected = _handOff[Id];
        if (redirected.Count == 0) return;
        foreach (Frame frame in redirected.Frames)
            _batch.TryAdd(frame);
        redirected.Clear();
        RunOwned(context);                          // an error comes back once more, no other frame does
    }

    /// <summary>
    /// Neighbours mostly came in by one port, which is then counted once. Answers how many arrived already ended: a port may deliver what
    /// it had to give up with the reason set.
    /// </summary>
    private int CountIn(ReadOnlySpan<Frame> frames)
    {
        int ended = 0;
        for (int i = 0; i < frames.Length;)
        {
            int port = frames[i].Info.IngressPort;
            long count = 0, bytes = 0;
            for (; i < frames.Length && frames[i].Info.IngressPort == port; i++)
            {
                count += frames[i].WireFrames;
                bytes += frames[i].WireBytes;
                ended += frames[i].Info.Disposition == Disposition.Continue ? 0 : 1;
            }

            ref PortCounters counters = ref Counters.Port(port);
            counters.FramesIn += count;
            counters.BytesIn += bytes;
            Counters.Received += count;
            Counters.OwnedFrames += count;
            Counters.OwnedBytes += bytes;
        }

        return ended;
    }

    private void CountOwned(Frame frame, int sign)
    {
        if ((frame.Info.Traits & FrameTraits.Generated) != FrameTraits.None) return;    // no port received it
        Counters.OwnedFrames += sign * frame.WireFrames;
        Counters.OwnedBytes += sign * frame.WireBytes;
    }
}
