using Appliance.Engine;
using Appliance.Failover;
using Appliance.Management;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>
/// The thread of failover: adverts and heartbeats wait for no other work of the appliance, neither data nor models that are being built.
/// Others <see cref="Post"/> what it is to know and <see cref="AskAsync{T}"/> what it knows.
/// </summary>
internal sealed class FailoverThread : IFailoverDesk, IDisposable
{
    /// <summary>
    /// While very much is told to the peer, or by it: so long this thread lets it gather, instead of being woken for every parcel and every
    /// record. Two of these are a round trip, in which a window of parcels is told.
    /// </summary>
    private const long GatherNanoseconds = 100_000;

    private readonly OperatorLog _log;
    private readonly FailoverWires _wires;
    private readonly Func<FailoverControl> _begin;
    private readonly Action _rehearse;
    private readonly MaintenanceNote? _maintenance;
    private readonly ControlQueue _queue;
    private readonly Doorbell _bell = new();
    private readonly ISleep _sleep;
    private readonly Thread _thread;
    private FailoverControl _control = null!;                           // of its thread, where all that is asked is asked
    private ulong _fullParcels;
    private volatile bool _isStopping;

    /// <param name="plan">What it begins with.</param>
    /// <param name="around">Log, sleep and secrets.</param>
    /// <param name="lease">By which the workers know that this thread breathes.</param>
    /// <param name="tell">Told of each transition, by this thread.</param>
    public FailoverThread(FailoverPlan plan, Surroundings around, ActingLease lease, Action<CarpTimelineEntry> tell)
    {
        _log = around.Log;
        _wires = new FailoverWires(around.Log, around.WatchDevices?.Invoke());
        _begin = () =>
        {
            UInt128 session = around.NewLaneSession();                  // no counter of another is drawn again
            var random = KeyedRandom.FromSeed(around.Secret ^ (ulong)session);
            return new FailoverControl(plan, random, session, _wires, tell, WorkerThreads.Now)
            {
                Lease = lease,
                HasForwarded = HasForwarded,
            };
        };
        _rehearse = around.Rehearse;
        _maintenance = around.Maintenance;
        _queue = new ControlQueue(_bell);
        _sleep = around.NewSleep();
        _bell.Connect(_sleep);
        _thread = new Thread(Run) { Name = "failover", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>From any thread.</summary>
    public void Post(Action<FailoverControl, MonotonicTime> change) => _queue.Post(() => change(_control, WorkerThreads.Now));

    /// <inheritdoc/>
    public string? KeepMaintenance(bool isOn)
    {
        try
        {
            _maintenance?.Set(isOn);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            string fault = $"maintenance {(isOn ? "on" : "off")} will not outlive a restart: {failure.Message}";
            _log.Say($"warning: {fault}");
            return fault;
        }
    }

    /// <inheritdoc/>
    public Task<T> AskAsync<T>(Func<FailoverControl, MonotonicTime, T> question) =>
        _queue.Ask(() => question(_control, WorkerThreads.Now));

    /// <summary>The box did, before it had a pair. Set before <see cref="Start"/>.</summary>
    public bool HasForwarded { get; init; }

    /// <summary>Where workers ring that have written for the peer.</summary>
    public Doorbell Bell => _bell;

    /// <summary>States are shared by this joint; null: no more.</summary>
    public void Join(SyncJoint? sync) => Post((control, now) => control.Join(sync, now));

    public void Adopt(FailoverPlan plan) => _queue.Post(() =>
    {
        _wires.OpenFor(plan);                                           // what begins has a way to speak,
        _control.Adopt(plan, WorkerThreads.Now);
        _wires.CloseBut(plan);                                          // and what ends had one to bow out by
    });

    public void Come(PortId port, LiveDevice device) => _queue.Post(() =>
    {
        _wires.Add(port, device);
        _wires.OpenFor(_control.Plan);
        _control.OnLink(port, device.Port.Link, WorkerThreads.Now);
    });

    public void Go(PortId port) => _queue.Post(() =>
    {
        _control.OnLink(port, LinkState.Down, WorkerThreads.Now);
        _wires.Remove(port);
    });

    /// <summary>
    /// The control thread has seen a link change. It may be late with that, so the device is asked again where it can be.
    /// </summary>
    public void Linked(PortId port, LinkState link) =>
        _queue.Post(() => _control.OnLink(port, _wires.LookAt(port, link) ?? link, WorkerThreads.Now));

    /// <summary>Bows out in order; when this returns it has no thread any more.</summary>
    public void Stop()
    {
        _queue.Post(() => _isStopping = true);
        if (_thread.IsAlive) _thread.Join();
        _queue.Close();
    }

    public void Dispose()
    {
        Stop();
        _sleep.Dispose();
    }

    /// <summary>Time begins behind the rehearsal, which takes as long as it takes: nobody has slept meanwhile.</summary>
    private void Run()
    {
        Rehearse();
        _control = _begin();
        if (_maintenance is { IsSet: true }) _control.SetMaintenance(true, WorkerThreads.Now);
        if (!ThreadUrgency.TryRaise()) _log.Say("warning: failover's thread has no priority over others; it takes CAP_SYS_NICE");
        while (!_isStopping) Turn();
        _control.Leave(WorkerThreads.Now);
        while (!_control.HasLeft) Turn();
        _wires.Dispose();
        _control.Dispose();
    }

    /// <summary>A box that cannot rehearse takes part all the same.</summary>
    private void Rehearse()
    {
        try
        {
            _rehearse();
        }
        catch (Exception failure)
        {
            _log.Say($"warning: the rehearsal of failovers has failed, so the first may be slower: {failure.Message}");
        }
    }

    private void Turn()
    {
        _control.Step(WorkerThreads.Now);
        _queue.Run();
        _wires.ReadLinks(_control, static () => WorkerThreads.Now);
        bool hasMore = _wires.Read(_control, static () => WorkerThreads.Now);
        hasMore |= _control.Speak(WorkerThreads.Now);
        _control.Sync?.RingWorkers();
        if (IsTellingMuch()) Gather();
        else if (!hasMore && !_control.HasLeft) Sleep();                // who has left may have nothing more to wake it
    }

    private bool IsTellingMuch()
    {
        ulong before = _fullParcels;
        _fullParcels = _control.Sync?.Exchange.FullParcels ?? 0;
        return _fullParcels != before;
    }

    private void Gather()
    {
        long left = _control.NextDeadline - WorkerThreads.Now;
        if (left > 0) _sleep.Pause(Math.Min(left, GatherNanoseconds));
    }

    /// <summary>As all threads here do: says so, looks once more, and sleeps.</summary>
    private void Sleep()
    {
        _bell.LieDown();
        MonotonicTime next = _control.NextDeadline;
        bool isIdle = _queue.IsEmpty && _control.Sync is not { Exchange.HasToSay: true };
        if (isIdle) _sleep.Wait(_wires.Descriptors, next == MonotonicTime.Never ? long.MaxValue : next - WorkerThreads.Now);
        _bell.GetUp();
    }
}
