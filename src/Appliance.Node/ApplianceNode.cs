using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>
/// One whole appliance without process, thread or system call: its workers, their paths and the models they work by. The program, the
/// replay and the simulator run this same object; they differ in the ports they attach, in who calls <see cref="Step"/> and in whose
/// clock it is.
/// </summary>
public sealed partial class ApplianceNode : ISteppable, IDisposable
{
    private readonly HandOffMesh _mesh;
    private readonly List<ModelChange> _changes = [];
    private readonly SteeringControl _steering;
    private readonly StateSharing _states;
    private readonly RulesetHistory _rulesets = new();
    private readonly FirewallLog _log;
    private readonly StateControl _stateRequests;
    private readonly RuleLedger _ledger;
    private readonly OverloadControl _overloads;
    private readonly CaptureControl _captures;
    private readonly PortAttachments _attachments;
    private readonly RouteLearning _learning;
    private NodeOptions _options;
    private MonotonicTime _now;                         // when it was last tended

    public ApplianceNode(RuntimeModel configuration, NodeOptions options)
    {
        _options = options;
        Configuration = configuration;
        int workers = options.Workers ?? configuration.Vcpus ?? NodeOptions.DefaultWorkers;
        var limits = new StateLimits(StateTimeouts.DefaultStateLimit, AdaptiveTimeouts.Off);
        _ledger = new RuleLedger(limits);
        _states = new StateSharing(workers, limits, new PortClaims(KeyedRandom.FromSeed(options.Seed)), new FlowWays())
        {
            Memory = options.TableMemory,
        };
        Models = Build(configuration, workers);
        _mesh = new HandOffMesh(workers, options.PoolSize);
        NeighbourExchange? neighbours = options.LiveNeighbours is null ? null
            : new NeighbourExchange(
                workers,
                options.LiveNeighbours.Limits ?? NeighbourLimits.For(configuration.Ports.Length),
                KeyedRandom.FromSeed(options.Seed));
        Workers = [.. Enumerable.Range(0, workers).Select(id => new Worker(
            id,
            Models.Ports,
            new FramePool((ushort)id, options.PoolSize, options.TableMemory),
            DataplanePath.Build(id, Models, _states, options.UsesExpress, neighbours),
            _mesh)
        {
            Lease = options.VirtualHosts?.Lease,
        })];
        _attachments = new PortAttachments(Workers);
        _learning = new RouteLearning(Workers);
        _steering = new SteeringControl(Workers, Models.Steering, configuration.Steering.Rebalance);
        Shards = [.. Workers.Select(worker => worker.Path.BucketStates.OfType<FirewallShard>().Single())];
        if (neighbours is not null)
        {
            Neighbours = new NeighbourControl(
                neighbours, options.LiveNeighbours!, LinkFactsBuilder.Build(configuration, Models.Routing), new WorkerWakeUp(Workers).Wake);
        }

        _rulesets.Add(configuration);
        _log = new FirewallLog(Shards, _rulesets, PortName);
        _stateRequests = new StateControl(Workers, Shards, _steering);
        Tables = new TableControl(() => Models.Firewall.Tables);
        TableLedger.Follow(Models.Firewall.Tables);
        _overloads = new OverloadControl(Workers, Shards, limits, () => Models.Firewall.Tables);
        _captures = new CaptureControl(Workers);
    }

    public RuntimeModel Configuration { get; private set; }

    public NodeModels Models { get; private set; }

    public ImmutableArray<Worker> Workers { get; }

    /// <summary>By worker.</summary>
    internal ImmutableArray<FirewallShard> Shards { get; }

    /// <summary>The rules by which frames find their worker, and the table that load may have changed since.</summary>
    public SteeringRules Steering => _steering.Rules;

    /// <summary>Whether every worker goes by <see cref="Steering"/>.</summary>
    public bool IsSteeringSettled => _steering.IsSettled;

    /// <summary>ARP and neighbour discovery of live ports; by the thread that calls <see cref="Tend"/>. Null: not live.</summary>
    public NeighbourControl? Neighbours { get; }

    public MonotonicTime NextDeadline
    {
        get
        {
            if (IsBusy) return new MonotonicTime(long.MinValue);
            MonotonicTime workers = Workers.Min(worker => worker.NextDeadline);
            MonotonicTime control = workers < _steering.NextDeadline ? workers : _steering.NextDeadline;
            return Neighbours is { } neighbours && neighbours.NextDeadline < control ? neighbours.NextDeadline : control;
        }
    }

    /// <summary>
    /// When to call <see cref="Tend"/> again: without the workers' deadlines, for where they have threads of their own. In the past while
    /// something goes on that wants to be looked at often.
    /// </summary>
    public MonotonicTime TendDeadline
    {
        get
        {
            if (IsBusy || _attachments.IsBusy) return new MonotonicTime(long.MinValue);
            MonotonicTime steering = _steering.NextDeadline;
            return Neighbours is { } neighbours && neighbours.NextDeadline < steering ? neighbours.NextDeadline : steering;
        }
    }

    /// <summary>Whether a worker waits for what only <see cref="Tend"/> does; from any thread.</summary>
    public bool HasQuestions => Neighbours is { HasQuestions: true } || _overloads.HasNews || IsSyncing;

    private bool IsBusy => _stateRequests.IsBusy || _overloads.IsBusy || _captures.IsBusy || IsSyncing;

    /// <summary>Frames that wait between workers or in them; 0 at rest.</summary>
    public int FramesHeld => _mesh.Count + Workers.Sum(worker => worker.FramesHeld);

    /// <summary>One breath of every worker, in order.</summary>
    public int Step(MonotonicTime now)
    {
        int work = 0;
        foreach (Worker worker in Workers)
            work += worker.Step(now);
        return work;
    }

    /// <summary>
    /// Breaths until nobody has anything to do at <paramref name="now"/>. Ends: no frame causes more than one reply, and no reply any.
    /// What is to have ended by then has ended on all workers before any of them looks at a frame: what becomes of that would else
    /// depend on which worker breathes first.
    /// </summary>
    public void StepUntilIdle(MonotonicTime now)
    {
        while (FireTimers(now) > 0)
        {
        }

        while (TendAll(now) + Step(now) > 0)
        {
        }
    }

    private int FireTimers(MonotonicTime now)
    {
        int work = 0;
        foreach (Worker worker in Workers)
            work += worker.FireTimers(now);
        return work;
    }

    /// <summary>
    /// What is done beside the data path: changes of the steering, rebalancing, requests about states, sources that went over a limit,
    /// neighbours. By one thread at a time, at any time.
    /// </summary>
    public void Tend(MonotonicTime now) => TendAll(now);

    /// <summary>Answers how much of it goes on at once.</summary>
    private int TendAll(MonotonicTime now)
    {
        _now = now;
        _stateRequests.Tend(now);
        Neighbours?.Tend(now);
        _overloads.Tend(now);
        _captures.Tend();
        _steering.Tend(now);
        EndChanges();
        PostAttachments();
        return ShareBeside(now);
    }

    /// <summary>
    /// Gives a port its device: the workers get a queue each, as soon as all know the port. By the thread that calls <see cref="Tend"/>.
    /// </summary>
    public void Attach(IPort port)
    {
        _attachments.Add(port);
        PostAttachments();
    }

    /// <summary>
    /// Gives the workers the host's end of a port, as soon as all know that port; what comes by it has that as its ingress port. By the
    /// thread that calls <see cref="Tend"/>.
    /// </summary>
    public void AttachHost(IPort host)
    {
        _attachments.AddHost(host);
        PostAttachments();
    }

    /// <summary>
    /// Ports at which the host listens, which translation gives to no flow that begins from here on. By the thread that calls <see
    /// cref="Tend"/>.
    /// </summary>
    public ReservedPorts HostPorts
    {
        get => _states.Reserved;
        set => _states.Reserved = value;
    }

    /// <summary>Whether routes can be learned; by the thread that calls <see cref="Tend"/>.</summary>
    public bool IsReadyToLearn => _learning.IsReady;

    /// <summary>
    /// Routes are learned, changed or forgotten while frames flow, when <see cref="IsReadyToLearn"/>. They outlive other configurations,
    /// whose own routes come first.
    /// </summary>
    /// <param name="changes">Each by itself: a frame is judged before or after it.</param>
    /// <param name="refused">Gets those that there is no room for (<see cref="ForwardingTable.MaximumIpv4"/>).</param>
    public void Learn(ReadOnlySpan<RouteChange> changes, List<RouteChange> refused) =>
        _learning.Learn(Models.Routing.Table, changes, refused);

    /// <summary>From here on nothing comes in; before the end. By the thread that calls <see cref="Tend"/>.</summary>
    public PortQuiet StopReceiving()
    {
        var quiet = new PortQuiet(Workers.Length);
        PostToAll(quiet);
        return quiet;
    }

    /// <summary>
    /// Takes a port's device away while frames flow: what waits to leave by it is dropped, other ports lose nothing. By the thread that
    /// calls <see cref="Tend"/>.
    /// </summary>
    public PortDetachment Detach(PortId port) => _attachments.Remove(port, isHost: false);

    /// <summary>Takes the host's end of a port away, likewise.</summary>
    public PortDetachment DetachHost(PortId port) => _attachments.Remove(port, isHost: true);

    /// <summary>
    /// Moves buckets to other workers while frames flow; by the thread that calls <see cref="Tend"/>. False: another change is under way,
    /// or nothing would change.
    /// </summary>
    public bool TryMoveBuckets(IndirectionTable table) => _steering.TryMove(table);

    /// <summary>
    /// Changes what the workers work by, each between two of its breaths, without dropping a frame. A port keeps its number as long as it
    /// is
    /// there (<see cref="PortNumbering"/>): there may be more numbers than before, never fewer.
    /// </summary>
    /// <param name="next">What to be from now on.</param>
    /// <param name="links">What the devices of its ports are; null: what they were.</param>
    /// <param name="hosts">The ports of which the host has an end; null: those it had.</param>
    /// <param name="pairSecret">As <see cref="NodeOptions.PairSecret"/>; null: what it was.</param>
    public void Apply(
        RuntimeModel next, ImmutableDictionary<int, PortLink>? links = null, ImmutableHashSet<int>? hosts = null,
        ulong? pairSecret = null)
    {
        if (next.Ports.Length < Configuration.Ports.Length)
            throw new ArgumentException("A port that is gone leaves its number.", nameof(next));
        _options = _options with
        {
            Links = links ?? _options.Links,
            HostPorts = hosts ?? _options.HostPorts,
            PairSecret = pairSecret ?? _options.PairSecret,
        };
        NodeModels models = Build(next, Workers.Length);
        models.Firewall.Tables.TakeOver(Models.Firewall.Tables);
        TableLedger.Follow(models.Firewall.Tables);
        _captures.Follow(models.Ports);
        var change = new ModelChange(Models, models, Workers.Length);
        PostToAll(change);
        if (!ReferenceEquals(models.Firewall, Models.Firewall)) _rulesets.Add(next);
        _steering.Rebalances = next.Steering.Rebalance;
        _steering.Change(models.Steering);
        _changes.Add(change);
        Models = models;
        Configuration = next;
        Neighbours?.Adopt(LinkFactsBuilder.Build(next, models.Routing), _now);
    }

    /// <summary>A worker that has not read its mail for so long that there is no room is a broken invariant.</summary>
    private void PostToAll(IWorkerMail mail)
    {
        foreach (Worker worker in Workers)
        {
            if (!worker.TryPost(mail)) throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
        }
    }

    /// <summary>Each is asked once: it may be done from one moment to the next.</summary>
    private void EndChanges()
    {
        for (int i = _changes.Count - 1; i >= 0; i--)
        {
            if (!_changes[i].IsDone) continue;
            _changes[i].Dispose();
            _changes.RemoveAt(i);
        }
    }

    private void PostAttachments()
    {
        if (_attachments.IsBusy && _changes.TrueForAll(change => change.IsDone)) _attachments.Post();
    }

    /// <summary>
    /// Hands out the packets that were logged since the last time, in order; by one thread at a time, beside the workers. Answers how many.
    /// </summary>
    public int ReadLog(Action<LogEntry>? sink) => _log.Read(sink);

    public LogAccounts ReadLogAccounts() => _log.Accounts;

    /// <summary>
    /// Begins to copy frames of a port; null: there are as many captures as there may be. By the thread that calls <see cref="Tend"/>, as
    /// is reading it.
    /// </summary>
    public FrameCapture? StartCapture(CaptureOptions options)
    {
        var capture = new FrameCapture(options, Workers.Length, Models.Ports);
        return _captures.TryStart(capture) ? capture : null;
    }

    /// <summary>Nothing comes any more once every worker knows; what has come can still be read.</summary>
    public void StopCapture(FrameCapture capture) => _captures.Stop(capture);

    /// <summary>The rules in force and their counters.</summary>
    public ImmutableArray<RuleAccounts> ReadRules() => RuleReading.Read(this);

    /// <summary>
    /// Begins to read all states; done when <see cref="StateRequest.IsDone"/>. By the thread that calls <see cref="Tend"/>, as it goes on
    /// there and in the workers' breaths.
    /// </summary>
    /// <param name="sink">Takes them as they come, instead of <see cref="StateReading.States"/>.</param>
    public StateReading ReadStates(IStateSink? sink = null) =>
        _stateRequests.Add(new StateReading(_rulesets, _states.Limits, PortName, sink));

    /// <summary>
    /// Begins to end the connections that are meant; done when <see cref="StateRequest.IsDone"/>. A port or table that does not exist
    /// means none.
    /// </summary>
    public StateKill KillStates(StateFilter filter)
    {
        int? port = filter.Port is { } name ? Configuration.FindPort(name)?.Index ?? -1 : null;
        AddressTable? table = filter.Table is { } named ? Models.Firewall.Tables.Find(named)?.Contents ?? new AddressTable(named) : null;
        Dictionary<uint, bool[]>? rules = filter.Label is null && filter.Rule is null
            ? null
            : _rulesets.Select(rule => (filter.Rule is null || filter.Rule == rule.Id)
                && (filter.Label is null || rule.Labels.Contains(filter.Label, StringComparer.Ordinal)));
        return _stateRequests.Add(new StateKill(new FilterSelector(filter, port, rules, table)));
    }

    /// <summary>The models of a configuration. Its limits on states are in force from here on, in what all workers share.</summary>
    private NodeModels Build(RuntimeModel configuration, int workers)
    {
        ImmutableArray<ushort> accounts = [];
        StickyPools? sticky = null;
        if (configuration.Firewall is { Rules: { } rules })
        {
            bool isSettled = _changes.TrueForAll(change => change.IsDone);
            accounts = _ledger.Open(rules, isSettled);
            sticky = _states.Sticky.Open(rules, isSettled);
            if (rules.TracksSources) _states.Sources.Prepare(rules.SourceNodeLimit);
        }

        NodeModels models = NodeModelsBuilder.Build(
            configuration, _options, workers, accounts, sticky, Models?.Routing.Table);
        (_states.Limits.Max, _states.Limits.Adaptive) = (models.Firewall.StateLimit, models.Firewall.Adaptive);
        return models;
    }

    public NodeAccounts ReadAccounts() => NodeAccounts.Read(this);

    private string PortName(int port) => Models.Ports[port].Name;

    public void Dispose()
    {
        foreach (Worker worker in Workers)
        {
            worker.Pool.Dispose();
            foreach (IDisposable state in worker.Path.BucketStates.OfType<IDisposable>()) state.Dispose();
        }

        _mesh.Dispose();
        Models.Dispose();
        foreach (ModelChange change in _changes)
            change.Dispose();
    }
}
