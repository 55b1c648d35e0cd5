using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// One whole appliance without process, thread or system call: its workers, their paths and the models they work by. The program, the
/// replay and the simulator run this same object; they differ in the ports they attach, in who calls <see cref="Step"/> and in whose
/// clock it is.
/// </summary>
public sealed class ApplianceNode : ISteppable, IDisposable
{
    private readonly HandOffMesh _mesh;
    private readonly List<ModelChange> _changes = [];
    private readonly NodeOptions _options;
    private readonly SteeringControl _steering;
    private readonly StateLimits _states;
    private readonly PortClaims _claims;

    public ApplianceNode(RuntimeModel configuration, NodeOptions options)
    {
        _options = options;
        Configuration = configuration;
        int workers = options.Workers ?? configuration.Vcpus ?? NodeOptions.DefaultWorkers;
        Models = NodeModelsBuilder.Build(configuration, options, workers);
        _states = new StateLimits(Models.Firewall.StateLimit, Models.Firewall.Adaptive);
        _claims = new PortClaims(KeyedRandom.FromSeed(options.Seed));
        _mesh = new HandOffMesh(workers, options.PoolSize);
        Workers = [.. Enumerable.Range(0, workers).Select(id => new Worker(
            id, Models.Ports, new FramePool((ushort)id, options.PoolSize), DataplanePath.Build(id, Models, _states, _claims, options.UsesExpress), _mesh))];
        _steering = new SteeringControl(Workers, Models.Steering, configuration.Steering.Rebalance);
    }

    public RuntimeModel Configuration { get; private set; }

    public NodeModels Models { get; private set; }

    public ImmutableArray<Worker> Workers { get; }

    /// <summary>The rules by which frames find their worker, and the table that load may have changed since.</summary>
    public SteeringRules Steering => _steering.Rules;

    /// <summary>Whether every worker goes by <see cref="Steering"/>.</summary>
    public bool IsSteeringSettled => _steering.IsSettled;

    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime workers = Workers.Min(worker => worker.NextDeadline);
            return workers < _steering.NextDeadline ? workers : _steering.NextDeadline;
        }
    }

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
    /// </summary>
    public void StepUntilIdle(MonotonicTime now)
    {
        do
        {
            Tend(now);
        }
        while (Step(now) > 0);
    }

    /// <summary>What is done beside the data path: changes of the steering, rebalancing. By one thread at a time, at any time.</summary>
    public void Tend(MonotonicTime now) => _steering.Tend(now);

    /// <summary>
    /// Moves buckets to other workers while frames flow; by the thread that calls <see cref="Tend"/>. False: another change is under way,
    /// or nothing would change.
    /// </summary>
    public bool TryMoveBuckets(IndirectionTable table) => _steering.TryMove(table);

    /// <summary>
    /// Changes what the workers work by, each between two of its breaths, without dropping a frame. The ports must be the same as before
    /// in number and order; a worker that has not read its mail for so long that there is no room is a broken invariant.
    /// </summary>
    public void Apply(RuntimeModel next)
    {
        if (next.Ports.Length != Configuration.Ports.Length) throw new ArgumentException("A running node keeps its ports.", nameof(next));
        NodeModels models = NodeModelsBuilder.Build(next, _options, Workers.Length);
        var change = new ModelChange(Models, models, Workers.Length);
        foreach (Worker worker in Workers)
        {
            if (!worker.TryPost(change)) throw new InvalidOperationException($"Worker {worker.Id} reads no mail.");
        }

        (_states.Max, _states.Adaptive) = (models.Firewall.StateLimit, models.Firewall.Adaptive);
        _steering.Rebalances = next.Steering.Rebalance;
        _steering.Change(models.Steering);
        _changes.RemoveAll(earlier => earlier.IsDone);
        _changes.Add(change);
        Models = models;
        Configuration = next;
    }

    public NodeAccounts ReadAccounts() => NodeAccounts.Read(this);

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
