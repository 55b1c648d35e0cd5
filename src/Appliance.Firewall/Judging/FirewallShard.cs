using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part of the firewall: its states, and the rules that judge what has none. Both places where frames are judged share it.
/// </summary>
public sealed partial class FirewallShard
    : IBucketState, IBreathTimer, ILetterBox, IFlowObserver, IFlowSteering, IFrameOrigin, IConnectionOrder, IFlowReplica, IDisposable
{
    /// <summary>States that a table is made for at least: address space, and memory only as it is used.</summary>
    private const int LeastTable = 1 << 20;

    private const int ExpirySteps = 64;                                 // a breath
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const ulong MaxMade = (1UL << 40) - 1;

    private readonly int _worker;
    private readonly StateSharing _sharing;
    private readonly BucketPresence _presence = new();
    private readonly ShardLimits _limits;
    private FlowTable? _table;
    private MonotonicTime _now;                                         // of the latest breath
    private readonly List<(ushort Bucket, object Letter)> _arrived = [];    // before there was a table
    private WorkerCounters? _counters;
    private ulong _made;
    private int _killed;                                                // by the call that is under way

    /// <param name="worker">Whose it is.</param>
    /// <param name="model">In force at the start.</param>
    /// <param name="steering">In force at the start.</param>
    /// <param name="sharing">Of all workers.</param>
    /// <param name="epoch">Of the worker's path.</param>
    public FirewallShard(int worker, FirewallModel model, SteeringRules steering, StateSharing sharing, PathEpoch epoch)
    {
        (_worker, _sharing, Epoch) = (worker, sharing, epoch);
        Aliases = new ShardAliases(worker, sharing, _presence);
        _limits = new ShardLimits(worker, sharing);
        Hold = new FlowHold(this);
        Adopt(steering);
        Adopt(model);
        _presence.Reset(steering.Table, worker);
    }

    public FirewallModel Model { get; private set; } = FirewallModel.Off;

    /// <summary>Counts the rulesets that were in force here, so that a state knows whether its rule still is.</summary>
    public uint Generation { get; private set; }

    public SteeringRules Steering { get; private set; } = null!;

    public int Worker => _worker;

    /// <summary>What all workers share of their states.</summary>
    internal StateSharing Sharing => _sharing;

    bool IConnectionOrder.IsKept => Model.IsOn;

    /// <summary>The ports that translated flows have, of all workers.</summary>
    internal PortClaims Claims => _sharing.Claims;

    /// <summary>That rules have given to flows, of all workers.</summary>
    internal FlowWays Ways => _sharing.Ways;

    /// <summary>Of all that a way in <see cref="ExpressWay"/> was found by.</summary>
    internal PathEpoch Epoch { get; }

    /// <summary>Which ports bring answers to which bucket, under the steering in force.</summary>
    internal BucketPorts Ports { get; private set; } = null!;

    internal PortSearch PortSearch { get; } = new();

    internal RulesetMatcher Matchers { get; private set; } = null!;

    internal PacketLog Log { get; } = new();

    internal TableTally Tables { get; } = new();

    /// <summary>Of the ruleset of <see cref="Generation"/>; may be read by any thread.</summary>
    public RuleCounters Counters => Matchers.Filter.Counters;

    /// <summary>Packets that were to be logged and found the log full.</summary>
    public long LostLogRecords => Log.Lost;

    internal ShardAliases Aliases { get; }

    /// <summary>Grows when a state is made or ends while frames are judged: what was looked up before may not hold any more.</summary>
    internal uint Changes { get; private set; }

    /// <summary>States here now.</summary>
    public int Count => _table?.Count ?? 0;

    /// <summary>Aliases here now.</summary>
    public int AliasCount => _table?.AliasCount ?? 0;

    /// <summary>Aliases for which there was no room, or whose end could not be told.</summary>
    public long LostAliases => _table?.LostAliases ?? 0;

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime states = _table?.NextDeadline ?? MonotonicTime.Never;
            if (_limits.NextDeadline < states) states = _limits.NextDeadline;
            if (Hold.NextDeadline < states) states = Hold.NextDeadline;
            return _journal is { } journal && journal.NextDeadline < states ? journal.NextDeadline : states;
        }
    }

    /// <summary>Sources that went over a limit, for whoever writes the tables: one thread at a time.</summary>
    public MessageRing<OverloadEvent> Overloads => _limits.Overloads;

    /// <summary>States stay; their rules may not.</summary>
    public void Adopt(FirewallModel model)
    {
        if (ReferenceEquals(model, Model) && Matchers is not null) return;
        Model = model;
        Generation++;
        _names[Generation % RememberedNames] = model.Names;
        Matchers = model.OpenMatcher(_worker);
        Log.Adopt(model, Generation);
        Tables.Adopt(model, _worker);
        int flows = Math.Max(model.StateLimit, StateTimeouts.DefaultStateLimit);
        if (model.Translations.Length > 0) Claims.Prepare(flows);
        if (model.Translations.Any(translation => translation.IsEndpointIndependent)) _sharing.Mappings.Prepare(flows);
    }

    /// <summary>The oldest packet that was logged and not read; by one thread at a time, whichever.</summary>
    public bool TryReadLog(out LogRecord record) => Log.TryRead(out record);

    public void Adopt(SteeringRules steering)
    {
        Steering = steering;
        Ports = new BucketPorts(steering);
        Aliases.Adopt(steering);
    }

    public void Adopt(BucketMove move) => Aliases.Adopt(move);

    /// <summary>Whether a bucket's states are here now.</summary>
    public bool IsPresent(ushort bucket) => _presence.Has(bucket);

    /// <inheritdoc/>
    public int Collect(in StageContext context)
    {
        (_now, _counters) = (context.Now, context.Counters);
        Hold.BeginBreath();
        _sharing.Sticky.Tell((uint)(context.Now.Nanoseconds / NanosecondsPerSecond));
        if (_table is null) _sharing.Limits.Tell(context.Now);
        else _table.Tell(context.Now);
        return ReadLetters();
    }

    /// <inheritdoc/>
    public bool HasLettersFor(int worker) => _sharing.Letters(_worker, worker) is { Count: > 0 };

    /// <summary>Ends no more states than can be told to who has their aliases; the others stay, and nobody finds them.</summary>
    public int Fire(in StageContext context)
    {
        int fired = (_table?.Expire(context.Now, Math.Min(ExpirySteps, Aliases.Room)) ?? 0) + _limits.Advance(this, context.Now);
        fired += _journal?.Advance(context.Now) ?? 0;
        Hold.Seal();
        return fired;
    }

    /// <summary>Kills what a round wants killed, in the breaths to come; between breaths.</summary>
    public void Begin(FlushRound round) => _limits.Begin(round);

    public object? Detach(ushort bucket)
    {
        ReadLetters();                                                  // all that was written by a table by which the bucket was here
        EndTelling(bucket);
        _presence.Leave(bucket);
        if (_table is not null) return _table.Detach(bucket);
        int waiting = _arrived.FindIndex(arrived => arrived.Bucket == bucket);
        if (waiting < 0) return null;
        object letter = _arrived[waiting].Letter;
        _arrived.RemoveAt(waiting);
        return letter;
    }

    public void Attach(ushort bucket, object? state)
    {
        _presence.Come(bucket);
        _replica?.Forget(bucket);
        if (state is null) return;
        _limits.BucketCame(_now);
        if (_table is null) _arrived.Add((bucket, state));
        else _table.Attach(bucket, state);
    }

    public void Reset(int buckets)
    {
        if (_arrived.Count > 0) Make(_now);                             // they are of buckets that mean nothing soon
        Synchronize(null);                                              // by bucket: whoever shares by the new ones begins
        _table?.Reset(buckets);
        Aliases.Reset();
        _presence.Reset(Steering.Table, _worker);
    }

    /// <inheritdoc/>
    public void Restore(Frame frame)
    {
        if ((frame.Info.Traits & FrameTraits.LeavesTranslated) == FrameTraits.None) return;
        FrameEndpoints ends = StateEndpoints.GoingOut(_table![(int)frame.Info.Flow - 1].Stack);
        bool isMessage = TrackKinds.Of(frame.Info.Network, frame.Info.Protocol) is TrackKind.Icmp or TrackKind.Icmpv6;
        if (isMessage && IcmpQuery.TryRead(frame.Transport, frame.Info.Network == NetworkKind.Ipv6, out IcmpQuery query))
            ends = StateEndpoints.WithIdentifier(ends, query.IsReply);
        HeaderRewriter.TryRewrite(frame, ends);                         // it was rewritten before, so there is enough of it
        frame.Info.Traits &= ~FrameTraits.LeavesTranslated;
    }

    /// <inheritdoc/>
    public ulong MarkOf(Frame frame)
    {
        if ((frame.Info.Traits & FrameTraits.LeavesTranslated) == FrameTraits.None) return 0;
        ref FlowRecord state = ref _table![(int)frame.Info.Flow - 1];
        return (state.Flags & FlowFlags.InUse) != FlowFlags.None ? state.Id : 0;
    }

    void IFlowObserver.Ended(int index, ref FlowRecord state, FlowEnd why)
    {
        if (_counters is not null) _counters.StatesEnded++;
        if (why == FlowEnd.Killed) _killed++;
        _journal?.Ended(state, why);
        if (state.Ruleset == Generation) CountEnded(state);
        if (!Aliases.TryEnd(state)) _table!.LoseAlias();
        _limits.Ended(state, _now, Model.Timeouts);
        if (index != FlowRecord.Nobody && state.Partner != FlowRecord.Nobody) ExpressWay.Forget(ref _table![state.Partner]);
        if ((state.StickySource | state.StickyDestination | state.StickyWay) != 0) Unstick(state);
        if ((state.Flags & FlowFlags.HoldsArrival) != FlowFlags.None)
            Claims.Release(Claims.ClaimTo(StateEndpoints.ArrivesBy(state.Direction, state.Wire, state.Stack)));
        if ((state.Flags & FlowFlags.HoldsAnswers) != FlowFlags.None) Claims.Release(Claims.ClaimTo(StateEndpoints.AnswersTo(state)));
        if ((state.Flags & FlowFlags.HoldsMapping) != FlowFlags.None)
            _sharing.Mappings.Release(MappedEndpoint.Before(state), MappedEndpoint.Behind(state));
    }

    /// <summary>If this was its last state, its source may have another address, or go another way, some time after it.</summary>
    private void Unstick(in FlowRecord state)
    {
        FlowKey before = state.Direction == FlowDirection.In ? state.Wire : state.Stack;
        UInt128 source = state.Direction == FlowDirection.In ? before.Outside : before.Inside;
        uint kept = SecondsOf(state, StateTimeout.SourceTrack);
        foreach (byte memory in (ReadOnlySpan<byte>)[state.StickySource, state.StickyDestination, state.StickyWay])
            _sharing.Sticky.Release(memory, source, before.IsV6, kept);
    }

    ushort IFlowSteering.BucketOf(in FlowKey arriving, bool isReply) => ArrivalBucket.Of(Steering, arriving, isReply);

    public void Dispose()
    {
        _table?.Dispose();
        Log.Dispose();
        foreach ((_, object letter) in _arrived) (letter as IDisposable)?.Dispose();
    }

    /// <summary>Null: no packet has been judged.</summary>
    internal FlowTable? Table => _table;

    /// <summary>The table, made when the first packet is judged: a router without rules needs none.</summary>
    internal FlowTable TableAt(in StageContext context)
    {
        _counters = context.Counters;
        Tables.Refresh();
        return _table ?? Make(context.Now);
    }

    /// <summary>Of no other state, on whichever worker.</summary>
    internal ulong NextStateId() => ((ulong)_creator << 48) | ((ulong)(_worker + 1) << 40) | (++_made & MaxMade);

    /// <summary>
    /// Makes a state, and sees to it that the frames of the other direction find it wherever they are steered. Whoever makes one anywhere
    /// makes it here.
    /// </summary>
    /// <param name="flow">Its bucket is <see cref="FrameInfo.Bucket"/> of the frame that makes it, at both places where it is
    /// judged.</param>
    /// <param name="now">The breath's time.</param>
    /// <param name="index">Of the state in the table; when it is refused as a collision, of the state in its way.</param>
    /// <param name="refused">
    /// Why not: <see cref="DropReason.Block"/> when another state has one of its keys, <see cref="DropReason.StateLimit"/>, or <see
    /// cref="DropReason.QueueFull"/> when the worker where the other direction arrives reads no letters or has no room: without an alias
    /// there, answers would be judged as if nobody had asked.
    /// </param>
    internal bool TryOpen(in NewFlow flow, MonotonicTime now, out int index, out DropReason refused)
    {
        if (!_limits.TryHold(flow, now, out int source))
        {
            (index, refused) = (FlowRecord.Nobody, DropReason.StateLimit);
            return false;
        }

        refused = Insert(flow, now, out index);
        if (refused == DropReason.None) _table![index].SourceNode = source;
        else _limits.TakeBack(flow, source, now);
        return refused == DropReason.None;
    }

    private DropReason Insert(in NewFlow flow, MonotonicTime now, out int index)
    {
        FlowTable table = _table ?? Make(now);
        FlowAdmission admission = table.TryInsert(flow, now, out index);
        if (admission == FlowAdmission.Collision) return DropReason.Block;
        if (admission != FlowAdmission.Admitted) return DropReason.StateLimit;
        Changes++;
        if (Aliases.TryAsk(index)) return DropReason.None;
        table.TakeBack(index);
        index = FlowRecord.Nobody;
        return DropReason.QueueFull;
    }

    /// <summary>
    /// A state's TCP handshake is complete. False: its source has more connections than its rule lets it have, and the state is no more.
    /// </summary>
    internal bool TryConnect(int index, MonotonicTime now)
    {
        if (_limits.TryConnect(ref _table![index], now)) return true;
        if (!TryEnd(index, FlowEnd.Killed)) _table.Touch(index, now, timeoutSeconds: 0);   // its alias cannot be told now: nobody finds it
        return false;
    }

    /// <inheritdoc cref="ShardLimits.Seconds"/>
    internal uint SecondsOf(in FlowRecord state, StateTimeout timeout) => _limits.Seconds(state, timeout, Model.Timeouts);

    /// <summary>
    /// Ends a state, and tells the alias of it. False, and the state stays: the worker that has the alias reads no letters, and an alias
    /// that nobody ends would stay for ever. The frame on whose account it was to end is dropped as <see cref="DropReason.QueueFull"/>.
    /// </summary>
    internal bool TryEnd(int index, FlowEnd why)
    {
        if (!Aliases.CanEnd(_table![index])) return false;
        _table.Remove(index, why);
        Changes++;
        return true;
    }

    /// <summary>Whether any frame may have to be brought to another bucket.</summary>
    internal bool HasAliases => ReadLetters() > 0 || AliasCount > 0;

    /// <summary>
    /// Before a frame that has come in is judged by what it found: it is one of its connection's bucket from here on. What others have
    /// written is read once more before it counts as a new flow's.
    /// </summary>
    /// <param name="batch">The one that the stage works on.</param>
    /// <param name="index">The frame in it.</param>
    /// <param name="key">As on the wire.</param>
    /// <param name="hit">What its bucket has of that; from here on what its connection's bucket has.</param>
    /// <param name="counters">The worker's.</param>
    /// <returns>False: it has been handed off to the worker that has its state.</returns>
    internal bool TryBringHome(FrameBatch batch, int index, in FlowKey key, ref FlowHit hit, WorkerCounters counters)
    {
        Frame frame = batch.Frames[index];
        if (!hit.IsState && ReadLetters() > 0) hit = _table!.FindArriving(frame.Info.Bucket, key);
        if (!hit.IsAlias) return true;
        if (!Aliases.TryKeep(batch, index, _table!.Alias(hit.Index).Owner, counters, FrameTraits.Redirected)) return false;
        hit = _table.FindOf(frame.Info.Bucket, key, FlowSide.Wire);
        return true;
    }

    private int ReadLetters()
    {
        if (!Aliases.HasLetters) return 0;
        if (_table is null) Make(_now);
        int read = Aliases.Read();
        if (read > 0) Changes++;
        return read;
    }

    private FlowTable Make(MonotonicTime now)
    {
        int states = Math.Max(Model.StateLimit, LeastTable);
        var size = new FlowTableSize(states, MaxAliases: states, Steering.Table.Buckets);
        _table = new FlowTable(size, _sharing.Limits, Model.Random, this, this, now, _sharing.Memory);
        Aliases.Adopt(_table);
        foreach ((ushort bucket, object letter) in _arrived) _table.Attach(bucket, letter);
        _arrived.Clear();
        return _table;
    }
}
