using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part of the firewall: its states, and the rules that judge what has none. Both places where frames are judged share it.
/// </summary>
public sealed class FirewallShard
    : IBucketState, IBreathTimer, ILetterBox, IFlowObserver, IFlowSteering, IFrameOrigin, IConnectionOrder, IDisposable
{
    /// <summary>States that a table is made for at least: address space, and memory only as it is used.</summary>
    private const int LeastTable = 1 << 20;

    private const int ExpirySteps = 64;                                 // a breath

    private readonly int _worker;
    private readonly StateSharing _sharing;
    private readonly BucketPresence _presence = new();
    private readonly ShardAliases _aliases;
    private FlowTable? _table;
    private MonotonicTime _now;                                         // of the latest breath
    private readonly List<(ushort Bucket, object Letter)> _arrived = [];    // before there was a table
    private WorkerCounters? _counters;

    /// <param name="worker">Whose it is.</param>
    /// <param name="model">In force at the start.</param>
    /// <param name="steering">In force at the start.</param>
    /// <param name="sharing">Of all workers.</param>
    /// <param name="epoch">Of the worker's path.</param>
    public FirewallShard(int worker, FirewallModel model, SteeringRules steering, StateSharing sharing, PathEpoch epoch)
    {
        (_worker, _sharing, Epoch) = (worker, sharing, epoch);
        _aliases = new ShardAliases(worker, sharing, _presence);
        Adopt(steering);
        Adopt(model);
        _presence.Reset(steering.Table, worker);
    }

    public FirewallModel Model { get; private set; } = FirewallModel.Off;

    /// <summary>Counts the rulesets that were in force here, so that a state knows whether its rule still is.</summary>
    public uint Generation { get; private set; }

    public SteeringRules Steering { get; private set; } = null!;

    public int Worker => _worker;

    bool IConnectionOrder.IsKept => Model.IsOn;

    /// <summary>The ports that translated flows have, of all workers.</summary>
    internal PortClaims Claims => _sharing.Claims;

    /// <summary>That rules have given to flows, of all workers.</summary>
    internal FlowWays Ways => _sharing.Ways;

    /// <summary>Of all that a way in <see cref="ExpressWay"/> was found by.</summary>
    internal PathEpoch Epoch { get; }

    /// <summary>Which ports bring answers to which bucket, under the steering in force.</summary>
    internal BucketPorts Ports { get; private set; } = null!;

    internal RulesetMatcher Matchers { get; private set; } = null!;

    /// <summary>Grows when a state is made or ends while frames are judged: what was looked up before may not hold any more.</summary>
    internal uint Changes { get; private set; }

    /// <summary>States here now.</summary>
    public int Count => _table?.Count ?? 0;

    /// <summary>Aliases here now.</summary>
    public int AliasCount => _table?.AliasCount ?? 0;

    /// <summary>Aliases for which there was no room, or whose end could not be told.</summary>
    public long LostAliases => _table?.LostAliases ?? 0;

    public MonotonicTime NextDeadline => _table?.NextDeadline ?? MonotonicTime.Never;

    /// <summary>States stay; their rules may not.</summary>
    public void Adopt(FirewallModel model)
    {
        if (ReferenceEquals(model, Model) && Matchers is not null) return;
        Model = model;
        Generation++;
        Matchers = model.OpenMatcher();
        if (model.Translations.Length > 0) Claims.Prepare(Math.Max(model.StateLimit, StateTimeouts.DefaultStateLimit));
    }

    public void Adopt(SteeringRules steering)
    {
        Steering = steering;
        Ports = new BucketPorts(steering);
        _aliases.Adopt(steering);
    }

    public void Adopt(BucketMove move) => _aliases.Adopt(move);

    /// <summary>Whether a bucket's states are here now.</summary>
    public bool IsPresent(ushort bucket) => _presence.Has(bucket);

    /// <inheritdoc/>
    public int Collect(in StageContext context)
    {
        (_now, _counters) = (context.Now, context.Counters);
        return ReadLetters();
    }

    /// <summary>Ends no more states than can be told to who has their aliases; the others stay, and nobody finds them.</summary>
    public int Fire(in StageContext context) => _table?.Expire(context.Now, Math.Min(ExpirySteps, _aliases.Room)) ?? 0;

    public object? Detach(ushort bucket)
    {
        ReadLetters();                                                  // all that was written by a table by which the bucket was here
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
        if (state is null) return;
        if (_table is null) _arrived.Add((bucket, state));
        else _table.Attach(bucket, state);
    }

    public void Reset(int buckets)
    {
        if (_arrived.Count > 0) Make(_now);                             // they are of buckets that mean nothing soon
        _table?.Reset(buckets);
        _aliases.Reset();
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

    void IFlowObserver.Ended(int index, ref FlowRecord state, FlowEnd why)
    {
        if (_counters is not null) _counters.StatesEnded++;
        if (!_aliases.TryEnd(state)) _table!.LoseAlias();
        if (index != FlowRecord.Nobody && state.Partner != FlowRecord.Nobody) ExpressWay.Forget(ref _table![state.Partner]);
        if (state.GivenWay != 0 && state.Ruleset == Generation) UnstickWay(state);
        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return;
        if ((state.Flags & FlowFlags.HoldsPort) != FlowFlags.None) Claims.Release(Claims.ClaimTo(StateEndpoints.AnswersTo(state)));
        if (state.Ruleset == Generation) Unstick(state);
    }

    /// <summary>Its source may go another way next time, if this was its last state.</summary>
    private void UnstickWay(in FlowRecord state)
    {
        UInt128 source = state.Direction == FlowDirection.In ? state.Wire.Outside : state.Stack.Inside;
        Model.Ways[Matchers.Filter.Rules[(int)state.Rule].Route].Sticky?.Release(source);
    }

    /// <summary>Its source may have another address of the pool next time, if this was its last state.</summary>
    private void Unstick(in FlowRecord state)
    {
        Rule rule = Matchers[RuleReference.ListOf(state.TranslationRule)].Rules[RuleReference.IndexOf(state.TranslationRule)];
        LiveTranslation translation = Model.Translations[rule.Translation];
        FlowKey before = state.Direction == FlowDirection.In ? state.Wire : state.Stack;
        UInt128 source = state.Direction == FlowDirection.In ? before.Outside : before.Inside;
        translation.Source(before.IsV6)?.Sticky?.Release(source);
        translation.Destination(before.IsV6)?.Sticky?.Release(source);
    }

    ushort IFlowSteering.BucketOf(in FlowKey arriving, bool isReply) => ArrivalBucket.Of(Steering, arriving, isReply);

    public void Dispose()
    {
        _table?.Dispose();
        foreach ((_, object letter) in _arrived) (letter as IDisposable)?.Dispose();
    }

    /// <summary>Null: no packet has been judged.</summary>
    internal FlowTable? Table => _table;

    /// <summary>The table, made when the first packet is judged: a router without rules needs none.</summary>
    internal FlowTable TableAt(in StageContext context)
    {
        _counters = context.Counters;
        return _table ?? Make(context.Now);
    }

    /// <summary>
    /// Makes a state, and sees to it that the frames of the other direction find it wherever they are steered. Whoever makes one anywhere
    /// makes it here.
    /// </summary>
    /// <param name="flow">Its bucket is <see cref="FrameInfo.Bucket"/> of the frame that makes it, at both places where it is judged.</param>
    /// <param name="now">The breath's time.</param>
    /// <param name="index">Of the state in the table; when it is refused as a collision, of the state in its way.</param>
    /// <param name="refused">
    /// Why not: <see cref="DropReason.Block"/> when another state has one of its keys, <see cref="DropReason.StateLimit"/>, or <see
    /// cref="DropReason.QueueFull"/> when the worker where the other direction arrives reads no letters or has no room: without an alias
    /// there, answers would be judged as if nobody had asked.
    /// </param>
    internal bool TryOpen(in NewFlow flow, MonotonicTime now, out int index, out DropReason refused)
    {
        FlowTable table = _table ?? Make(now);
        FlowAdmission admission = table.TryInsert(flow, now, out index);
        refused = admission switch
        {
            FlowAdmission.Admitted => DropReason.None,
            FlowAdmission.Collision => DropReason.Block,
            _ => DropReason.StateLimit,
        };
        if (refused != DropReason.None) return false;
        Changes++;
        if (_aliases.TryAsk(index)) return true;
        table.TakeBack(index);
        (index, refused) = (FlowRecord.Nobody, DropReason.QueueFull);
        return false;
    }

    /// <summary>
    /// Ends a state, and tells the alias of it. False, and the state stays: the worker that has the alias reads no letters, and an alias
    /// that nobody ends would stay for ever. The frame on whose account it was to end is dropped as <see cref="DropReason.QueueFull"/>.
    /// </summary>
    internal bool TryEnd(int index, FlowEnd why)
    {
        if (!_aliases.CanEnd(_table![index])) return false;
        _table.Remove(index, why);
        Changes++;
        return true;
    }

    /// <summary>
    /// A frame that came in by one state has found another on its way out: they are of one connection, made by one direction each, for rules
    /// keep state at one of the two places only. The later one is the answers'.
    /// </summary>
    internal void JoinHalves(int came, int leaves)
    {
        ref FlowRecord first = ref _table![came], second = ref _table[leaves];
        bool areHalves = came != leaves && (first.Flags & FlowFlags.InUse) != FlowFlags.None && first.Partner == FlowRecord.Nobody
            && first.Bucket == second.Bucket && first.Stack.Turned().IsSameFlow(second.Stack);
        if (!areHalves) return;
        if (first.IsForward(FlowSide.Wire) != second.IsForward(FlowSide.Stack))
        {
            bool isFirstLater = first.Created > second.Created || (first.Created == second.Created && first.IsForward(FlowSide.Wire));
            if (!_aliases.TryNoteAnswer(isFirstLater ? came : leaves)) return;
        }

        _table.Join(came, leaves);
    }

    /// <summary>Whether a state that a frame makes on its way out is the answers', by the state by which it came in.</summary>
    internal bool IsOfAnswer(Frame frame)
    {
        int ingress = (int)frame.Info.Flow - 1;
        if (ingress < 0 || (_table![ingress].Flags & FlowFlags.InUse) == FlowFlags.None)
            return (frame.Info.Traits & FrameTraits.Redirected) != FrameTraits.None;
        return _table[ingress].IsForward(FlowSide.Wire) == _table[ingress].IsOfAnswer;
    }

    /// <summary>
    /// As <see cref="FlowTable.Visit"/>, but kills no more states at once than can be told to who has their aliases: it may answer
    /// <paramref name="from"/>, and is asked again a breath later.
    /// </summary>
    internal int Visit<TVisitor>(int from, int steps, ref TVisitor visitor) where TVisitor : struct, IFlowVisitor =>
        _table?.Visit(from, Math.Min(steps, _aliases.Room), ref visitor) ?? FlowTable.AllVisited;

    /// <summary>Whether any frame may have to be brought to another bucket.</summary>
    internal bool HasAliases => ReadLetters() > 0 || AliasCount > 0;

    /// <summary>
    /// Before a frame that has come in is judged by what it found: it is one of its connection's bucket from here on. What others have
    /// written is read once more before it counts as a new flow's.
    /// </summary>
    /// <param name="batch">The one that the stage works on.</param>
    /// <param name="index">The frame in it.</param>
    /// <param name="key">The frame's, or that of the flow that it quotes.</param>
    /// <param name="hit">What it found on the wire's side.</param>
    /// <param name="counters">The worker's.</param>
    /// <returns>False: it has been handed off to the worker that has its state.</returns>
    internal bool TryBringHome(FrameBatch batch, int index, in FlowKey key, ref FlowHit hit, WorkerCounters counters)
    {
        if (!hit.IsState && ReadLetters() > 0) hit = _table!.Find(key, FlowSide.Wire);
        if (hit.IsMiss) return true;
        ushort home = hit.IsState ? _table![hit.Index].Bucket : _table!.Alias(hit.Index).Owner;
        return TryKeep(batch, index, home, counters, FrameTraits.Redirected);
    }

    /// <inheritdoc cref="Redirection.TryKeep"/>
    internal bool TryKeep(FrameBatch batch, int index, ushort bucket, WorkerCounters counters, FrameTraits reason) =>
        Redirection.TryKeep(batch, index, bucket, IsPresent(bucket), Steering.Table, _worker, counters, reason);

    private int ReadLetters()
    {
        if (!_aliases.HasLetters) return 0;
        if (_table is null) Make(_now);
        int read = _aliases.Read();
        if (read > 0) Changes++;
        return read;
    }

    private FlowTable Make(MonotonicTime now)
    {
        int states = Math.Max(Model.StateLimit, LeastTable);
        var size = new FlowTableSize(states, MaxAliases: states, Steering.Table.Buckets);
        _table = new FlowTable(size, _sharing.Limits, Model.Random, this, this, now);
        _aliases.Adopt(_table);
        foreach ((ushort bucket, object letter) in _arrived) _table.Attach(bucket, letter);
        _arrived.Clear();
        return _table;
    }
}
