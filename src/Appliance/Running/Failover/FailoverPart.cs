using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Management;
using Appliance.Node;

namespace Appliance.Running;

/// <summary>
/// What the control thread has to do with failover: it tells that thread of configurations and devices, and the host of the virtual
/// addresses that are here.
/// </summary>
internal sealed class FailoverPart(Surroundings around, Action wake) : IPortFollower, IDisposable
{
    /// <summary>Transitions that the control thread has not told of; more are in the timeline alone.</summary>
    public const int MostUntold = 256;

    private readonly Dictionary<PortId, LiveDevice> _devices = [];
    private readonly ConcurrentQueue<CarpTimelineEntry> _untold = [];
    private readonly HashSet<PortId> _removed = [];                     // whose groups have not bowed out yet
    private FailoverThread? _thread;
    private PairSecrets _secrets = PairSecrets.None;
    private NodeModels? _planned;
    private bool _hasFollowed;                                          // any configuration
    private LanePlan? _lane;
    private SyncJoint? _sync;
    private SyncJoint? _leaving;
    private int _moves;
    private int _movesSeen;

    /// <summary>Which virtual hosts the box is, for the node.</summary>
    public VirtualHostTable Hosts { get; } = new();

    /// <summary>Null: the configuration has no pair.</summary>
    public IFailoverDesk? Desk => _thread;

    /// <summary>Reads the secrets that a configuration names; null: they cannot be had, and each line says which and why.</summary>
    public static PairSecrets? ReadSecrets(RuntimeModel model, out ImmutableArray<string> errors)
    {
        PairSecrets? read = PairSecrets.Read(model, out ImmutableArray<ConfigurationError> wrong);
        errors = [.. wrong.Select(error => error.ToString())];
        return read;
    }

    /// <summary>Those of the configuration that is put in force: failover goes by them from the next <see cref="Follow"/> on.</summary>
    public void Take(PairSecrets secrets) => (_secrets, _planned) = (secrets, null);

    /// <summary>Whether virtual addresses have come or gone since the last time.</summary>
    public bool HasMoved
    {
        get
        {
            int moves = Volatile.Read(ref _moves);
            if (moves == _movesSeen) return false;
            _movesSeen = moves;
            return true;
        }
    }

    /// <summary>Failover goes by the models in force; the operator is told what it has done.</summary>
    public void Follow(ApplianceNode node)
    {
        TellOperator();
        if (!ReferenceEquals(_planned, node.Models))
        {
            bool hasForwarded = _hasFollowed;
            (_planned, _hasFollowed) = (node.Models, true);
            FailoverPlan? plan = FailoverPlanBuilder.Build(node.Configuration, node.Models.Ports, _secrets);
            if (plan is null) Stop();
            else if (_thread is null) Start(plan, hasForwarded);
            else _thread.Adopt(plan);
            foreach (PortId port in _removed) _thread?.Go(port);
            _removed.Clear();
            _lane = plan?.Lane;
        }

        Share(node);
    }

    /// <summary>A number that only the two of a pair have; null: the configuration has no lane.</summary>
    public ulong? PairSecretOf(RuntimeModel model) => FailoverPlanBuilder.PairSecretOf(model, _secrets);

    /// <summary>
    /// States are shared by the lane there is and the buckets there are; another of either needs another joint. What begins amid a change
    /// of the steering would end with it.
    /// </summary>
    private void Share(ApplianceNode node)
    {
        if (_leaving is { } leaving && leaving.TryDetach()) _leaving = null;
        bool isRight = _sync is null ? _lane is null : _sync.Fits(_lane);
        if (!isRight && _leaving is null)
        {
            (_leaving, _sync) = (_sync, null);
            if (_leaving is null && node.IsSteeringSettled && _lane is { } lane && _thread is { } thread)
                _sync = new SyncJoint(node, lane, (ushort)around.NewLaneSession(), thread.Bell);
            if ((_leaving ?? _sync) is not null) _thread?.Join(_sync);
        }

        _sync?.TryAttach();
    }

    /// <summary>The same configuration, with only those virtual addresses that are here.</summary>
    public RuntimeModel WithHeld(RuntimeModel model)
    {
        if (model.HighAvailability is not { } pair) return model;
        ILookup<int, CarpModel> held = pair.Carp
            .Where(group => Hosts[group.PortIndex].IsHeld((byte)group.Vhid))
            .ToLookup(group => group.PortIndex);
        return model with
        {
            Ports =
            [
                .. model.Ports.Select(port => port with
                {
                    VirtualAddresses = [.. held[port.Index].SelectMany(group => group.Addresses)],
                }),
            ],
        };
    }

    public void Came(PortId port, LiveDevice device)
    {
        if (_removed.Remove(port)) _thread?.Go(port);                   // as another port of the same number
        _devices[port] = device;
        _thread?.Come(port, device);
    }

    public void Went(PortId port)
    {
        _devices.Remove(port);
        _thread?.Go(port);
    }

    /// <summary>No fault: its groups bow out when failover goes by the configuration without them, and demote nobody.</summary>
    public void Removed(PortId port)
    {
        _devices.Remove(port);
        _removed.Add(port);
    }

    public void Linked(PortId port, bool isUp) =>
        _thread?.Linked(port, isUp ? LinkState.Up : LinkState.Down);

    /// <summary>Every master bows out; behind it nothing is said any more.</summary>
    public void Stop()
    {
        _thread?.Dispose();
        _thread = null;
        Hosts.Lease.Renew(MonotonicTime.Never);                         // who has no pair any more asks nobody
        TellOperator();
    }

    public void Dispose() => Stop();

    private void Start(FailoverPlan plan, bool hasForwarded)
    {
        if (!hasForwarded && plan.AsksBeforeItForwards) Hosts.Lease.Renew(ActingLease.Over);
        _thread = new FailoverThread(plan, around, Hosts.Lease, Tell) { HasForwarded = hasForwarded };
        foreach ((PortId port, LiveDevice device) in _devices) _thread.Come(port, device);
        _thread.Start();
    }

    /// <summary>By the thread of failover, which must be late for nobody: whoever reads the log may be slow.</summary>
    private void Tell(CarpTimelineEntry entry)
    {
        Interlocked.Increment(ref _moves);
        if (_untold.Count < MostUntold) _untold.Enqueue(entry);
        wake();
    }

    private void TellOperator()
    {
        while (_untold.TryDequeue(out CarpTimelineEntry entry)) around.Log.SayOften($"carp {entry.Group}", $"carp {entry}");
    }
}
