using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// One worker's part of the firewall: its states, and the rules that judge what has none. Both places where frames are judged share it.
/// </summary>
public sealed class FirewallShard : IBucketState, IBreathTimer, IFlowObserver, IFlowSteering, IDisposable
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
    private ulong _made;
    private int _killed;                                                // by the call that is under way

    /// <param name="worker">Whose it is.</param>
    /// <param name="model">In force at the start.</param>
    /// <param name="steering">In force at the start.</param>
    /// <param name="limits">Of all workers.</param>
    public FirewallShard(int worker, FirewallModel model, SteeringRules steering, StateLimits limits)
    {
        (_worker, _limits, Steering) = (worker, limits, steering);
        Adopt(model);
        NotePresence();
    }

    public FirewallModel Model { get; private set; } = FirewallModel.Off;

    /// <summary>Counts the rulesets that were in force here, so that a state knows whether its rule still is.</summary>
    public uint Generation { get; private set; }

    public SteeringRules Steering { get; private set; }

    public int Worker => _worker;

    internal IRuleMatcher Matcher { get; private set; } = null!;

    internal PacketLog Log { get; } = new();

    internal TableTally Tables { get; } = new();

    /// <summary>Of the ruleset of <see cref="Generation"/>; may be read by any thread.</summary>
    public RuleCounters Counters => Matcher.Counters;

    /// <summary>Packets that were to be logged and found the log full.</summary>
    public long LostLogRecords => Log.Lost;

    /// <summary>Grows when a state is made or ends while frames are judged: what was looked up before may not hold any more.</summary>
    internal uint Changes { get; private set; }

    /// <summary>States here now.</summary>
    public int Count => _table?.Count ?? 0;

    public MonotonicTime NextDeadline => _table?.NextDeadline ?? MonotonicTime.Never;

    /// <summary>States stay; their rules may not.</summary>
    public void Adopt(FirewallModel model)
    {
        if (ReferenceEquals(model, Model) && Matcher is not null) return;
        Model = model;
        Generation++;
        Matcher = new CompiledEvaluator(model.Filter, model.Routes, model.Random, _worker);
        Log.Adopt(model, Generation);
        Tables.Adopt(model, _worker);
    }

    /// <summary>The oldest packet that was logged and not read; by one thread at a time, whichever.</summary>
    public bool TryReadLog(out LogRecord record) => Log.TryRead(out record);

    public void Adopt(SteeringRules steering) => Steering = steering;

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

    void IFlowObserver.Ended(int index, ref FlowRecord state, FlowEnd why)
    {
        if (_counters is not null) _counters.StatesEnded++;
        if (why == FlowEnd.Killed) _killed++;
        if (state.Ruleset == Generation) Counters.CountStateEnd((int)state.Rule, Model.Matches[state.MatchSet]);
    }

    /// <summary>
    /// Copies states, some at a time: a state that is there from the first call to the last, on this worker, is copied once. Between
    /// breaths.
    /// </summary>
    /// <param name="from">0, or what the last call answered.</param>
    /// <param name="steps">Records looked at, at most.</param>
    /// <param name="into">Where they are copied.</param>
    /// <param name="count">How many.</param>
    /// <returns>Where to go on, or <see cref="FlowTable.AllVisited"/>.</returns>
    public int ReadStates(int from, int steps, Memory<FlowRecord> into, out int count)
    {
        var copier = new StateCopier(into);
        int next = _table?.Visit(from, Math.Min(steps, into.Length), ref copier) ?? FlowTable.AllVisited;
        count = copier.Count;
        return next;
    }

    /// <summary>Ends the connections of states that are selected, some at a time, as <see cref="ReadStates"/> reads them.</summary>
    /// <returns>Where to go on, or <see cref="FlowTable.AllVisited"/>.</returns>
    public int KillStates(int from, int steps, StateSelector selector, out int killed)
    {
        _killed = 0;
        var killer = new StateKiller(selector);
        int next = _table?.Visit(from, steps, ref killer) ?? FlowTable.AllVisited;
        killed = _killed;
        if (killed > 0) NoteChange();
        return next;
    }

    /// <summary>Never: without translation, and with endpoints put in order, both directions arrive in one bucket.</summary>
    void IFlowObserver.AliasWanted(in FlowKey key, ushort bucket, ushort owner)
    {
    }

    ushort IFlowSteering.BucketOf(in FlowKey arriving) => QuotedBucket.Of(Steering, arriving.IsV6, EndpointsOf(arriving));

    public void Dispose()
    {
        _table?.Dispose();
        Log.Dispose();
        foreach ((_, object letter) in _arrived) (letter as IDisposable)?.Dispose();
    }

    /// <summary>The table, made when the first packet is judged: a router without rules needs none.</summary>
    internal FlowTable TableAt(in StageContext context)
    {
        _counters = context.Counters;
        Tables.Refresh();
        return _table ?? Make(context.Now);
    }

    internal void NoteChange() => Changes++;

    /// <summary>Of no other state, on whichever worker.</summary>
    internal ulong NextStateId() => ((ulong)(_worker + 1) << 48) | ++_made;

    internal void CountCreated(in FlowRecord state) => Counters.CountState((int)state.Rule, Model.Matches[state.MatchSet]);

    /// <summary>A packet of a state whose ruleset is in force counts with its rules, and in their tables.</summary>
    internal void CountOfState(in FlowRecord state, in PacketView view)
    {
        int rule = (int)state.Rule;
        Counters.CountOfState(rule, Model.Matches[state.MatchSet], view.Direction, view.Frames, view.Bytes);
        Tables.CountOfState(rule, state, view);
    }

    internal void End(FlowTable table, int flow, FlowEnd why)
    {
        table.Remove(flow, why);
        NoteChange();
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
