using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part of the firewall: its states, and the rules that judge what has none. Both places where frames are judged share it.
/// </summary>
public sealed class FirewallShard : IBucketState, IBreathTimer, IFlowObserver, IFlowSteering, IFrameOrigin, IConnectionOrder, IDisposable
{
    /// <summary>States that a table is made for at least: address space, and memory only as it is used.</summary>
    private const int LeastTable = 1 << 20;

    private const int MaxAliases = 1 << 16;
    private const int ExpirySteps = 64;                                 // a breath

    private readonly int _worker;
    private readonly StateLimits _limits;
    private bool[] _present = [];
    private FlowTable? _table;
    private readonly List<(ushort Bucket, object Letter)> _arrived = [];    // before there was a table
    private WorkerCounters? _counters;

    /// <param name="worker">Whose it is.</param>
    /// <param name="model">In force at the start.</param>
    /// <param name="steering">In force at the start.</param>
    /// <param name="limits">Of all workers.</param>
    /// <param name="claims">Of all workers.</param>
    /// <param name="epoch">Of the worker's path.</param>
    public FirewallShard(
        int worker, FirewallModel model, SteeringRules steering, StateLimits limits, PortClaims claims, PathEpoch epoch)
    {
        (_worker, _limits, Steering, Claims, Epoch) = (worker, limits, steering, claims, epoch);
        Ports = new BucketPorts(steering);
        Adopt(model);
        NotePresence();
    }

    public FirewallModel Model { get; private set; } = FirewallModel.Off;

    /// <summary>Counts the rulesets that were in force here, so that a state knows whether its rule still is.</summary>
    public uint Generation { get; private set; }

    public SteeringRules Steering { get; private set; }

    public int Worker => _worker;

    bool IConnectionOrder.IsKept => Model.IsOn;

    /// <summary>The ports that translated flows have, of all workers.</summary>
    internal PortClaims Claims { get; }

    /// <summary>Of all that a way in <see cref="ExpressWay"/> was found by.</summary>
    internal PathEpoch Epoch { get; }

    /// <summary>Which ports bring answers to which bucket, under the steering in force.</summary>
    internal BucketPorts Ports { get; private set; }

    internal RulesetMatcher Matchers { get; private set; } = null!;

    /// <summary>Grows when a state is made or ends while frames are judged: what was looked up before may not hold any more.</summary>
    internal uint Changes { get; private set; }

    /// <summary>States here now.</summary>
    public int Count => _table?.Count ?? 0;

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
    }

    /// <summary>Whether a bucket's states are here now.</summary>
    public bool IsPresent(ushort bucket) => bucket < _present.Length && _present[bucket];

    public int Fire(in StageContext context)
    {
        _counters = context.Counters;
        return _table?.Expire(context.Now, ExpirySteps) ?? 0;
    }

    public object? Detach(ushort bucket)
    {
        _present[bucket] = false;
        if (_table is not null) return _table.Detach(bucket);
        int waiting = _arrived.FindIndex(arrived => arrived.Bucket == bucket);
        if (waiting < 0) return null;
        object letter = _arrived[waiting].Letter;
        _arrived.RemoveAt(waiting);
        return letter;
    }

    public void Attach(ushort bucket, object? state)
    {
        _present[bucket] = true;
        if (state is null) return;
        if (_table is null) _arrived.Add((bucket, state));
        else _table.Attach(bucket, state);
    }

    public void Reset(int buckets)
    {
        _table?.Reset(buckets);
        NotePresence();
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
        if (index != FlowRecord.Nobody && state.Partner != FlowRecord.Nobody) ExpressWay.Forget(ref _table![state.Partner]);
        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return;
        if ((state.Flags & FlowFlags.HoldsPort) != FlowFlags.None) Claims.Release(Claims.ClaimTo(StateEndpoints.AnswersTo(state)));
        if (state.Ruleset == Generation) Unstick(state);
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

    /// <summary>Never: without translation, and with endpoints put in order, both directions arrive in one bucket.</summary>
    void IFlowObserver.AliasWanted(in FlowKey key, ushort bucket, ushort owner)
    {
    }

    ushort IFlowSteering.BucketOf(in FlowKey arriving) => QuotedBucket.Of(Steering, arriving.IsV6, EndpointsOf(arriving));

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
    /// cref="DropReason.QueueFull"/> when the worker where the other direction arrives reads no letters: without an alias there, answers
    /// would be judged as if nobody had asked.
    /// </param>
    internal bool TryOpen(in NewFlow flow, MonotonicTime now, out int index, out DropReason refused)
    {
        FlowAdmission admission = (_table ?? Make(now)).TryInsert(flow, now, out index);
        if (admission == FlowAdmission.Admitted) Changes++;
        refused = admission switch
        {
            FlowAdmission.Admitted => DropReason.None,
            FlowAdmission.Collision => DropReason.Block,
            _ => DropReason.StateLimit,
        };
        return refused == DropReason.None;
    }

    /// <summary>
    /// Ends a state, and tells the alias of it. False, and the state stays: the worker that has the alias reads no letters, and an alias
    /// that nobody ends would stay for ever. The frame on whose account it was to end is dropped as <see cref="DropReason.QueueFull"/>.
    /// </summary>
    internal bool TryEnd(int index, FlowEnd why)
    {
        _table!.Remove(index, why);
        Changes++;
        return true;
    }

    private FlowTable Make(MonotonicTime now)
    {
        int states = Math.Max(Model.StateLimit, LeastTable);
        _table = new FlowTable(new FlowTableSize(states, MaxAliases, Steering.Table.Buckets), _limits, Model.Random, this, this, now);
        foreach ((ushort bucket, object letter) in _arrived) _table.Attach(bucket, letter);
        _arrived.Clear();
        return _table;
    }

    private void NotePresence()
    {
        IndirectionTable table = Steering.Table;
        _present = new bool[table.Buckets];
        for (int bucket = 0; bucket < _present.Length; bucket++) _present[bucket] = table.OwnerOf((ushort)bucket) == _worker;
    }

    private static FrameEndpoints EndpointsOf(in FlowKey key) => new(key.Outside, key.Inside, key.OutsidePort, key.InsidePort);
}
