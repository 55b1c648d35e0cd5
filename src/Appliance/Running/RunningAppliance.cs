using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Management;
using Appliance.Node;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>
/// An appliance on live ports: its node, a thread for each worker, and one control thread, the caller of <see cref="Run"/>, which does all
/// else that has to be done in order: devices that come and go, other configurations, requests, the watch over the workers.
/// <code>
///     workers  ─── frames ───  ports                     signals, management: any thread
///        ▲  mail, doorbells                                  │ Ask, Wake, Reload, Stop
///        └──────────  control thread  ◄──────────────────────┘
/// </code>
/// </summary>
internal sealed class RunningAppliance : IDisposable
{
    /// <summary>Nanoseconds that the control thread sleeps at most: a worker that does not breathe is to be seen within a second.</summary>
    public const long LongestSleep = 200_000_000;

    /// <summary>Nanoseconds it sleeps while something goes on that wants to be looked at again and again.</summary>
    public const long ShortSleep = 1_000_000;

    private readonly Surroundings _around;
    private readonly NeighbourWires _wires;
    private readonly FailoverPart _failover;
    private readonly LivePorts _ports;
    private readonly HostPaths _hosts;
    private readonly WorkerThreads _threads;
    private readonly ControlQueue _queue;
    private readonly ISleep _sleep;
    private readonly Doorbell _bell = new();
    private readonly ControlBell _news;
    private readonly List<IControlPart> _parts = [];
    private readonly DescriptorSet _descriptors = new();
    private readonly WorkerWatch _watch;
    private readonly Reloading _reloading;
    private readonly VacantPlaces _vacant = new();
    private readonly (long Breaths, bool IsResting)[] _vitals;
    private readonly BusyShares _busy;
    private MonotonicTime _nextAlive;
    private int _linksFollowed;
    private Task? _opening;                                             // null: not begun
    private bool _isReady;
    private bool _isStopping;

    /// <summary>
    /// Opens the devices and starts the workers. Throws <see cref="PortFault"/> when a device cannot be had, with nothing left behind.
    /// </summary>
    /// <param name="model">The configuration.</param>
    /// <param name="around">What this machine gives it.</param>
    public RunningAppliance(RuntimeModel model, Surroundings around)
    {
        _around = around;
        int workers = Surroundings.WorkersFor(model);
        _wires = new NeighbourWires(around.Log);
        _parts.Add(_wires);
        _failover = new FailoverPart(around, Wake);
        _failover.Take(FailoverPart.ReadSecrets(model, out ImmutableArray<string> errors) ?? throw new PortFault(isWrong: true, errors));
        _ports = new LivePorts(around.Ports, [_wires, _failover], around.Log);
        _ports.OpenAll(model, workers);
        Asked = model;
        _hosts = new HostPaths(around.Host, around.Log) { Learned = PutInForce, Listens = Reserve, IsUp = IsUp };
        OpenHosts(workers);
        _parts.Add(_hosts);
        Node = new ApplianceNode(model, new NodeOptions
        {
            Workers = workers,
            Seed = around.Secret,
            PairSecret = _failover.PairSecretOf(model),
            StrictMac = true,
            InventNeighbours = false,
            LiveNeighbours = around.Neighbours,
            Links = _ports.Links,
            HostPorts = _hosts.Ports,
            VirtualHosts = _failover.Hosts,
            TableMemory = around.TableMemory,
        });
        _ports.AttachAll(Node);
        _hosts.AttachAll(Node);
        _sleep = around.NewSleep();
        _bell.Connect(_sleep);
        _queue = new ControlQueue(_bell);
        _news = new ControlBell(_bell, () => Node.HasQuestions);
        _reloading = new Reloading(this);
        _watch = new WorkerWatch(workers);
        _vitals = new (long, bool)[workers];
        _threads = WorkerThreads.Start(Node, around.NewSleep, _news);
        _busy = new BusyShares(_threads.All);
    }

    /// <summary>By the control thread only; others <see cref="Ask"/>. Its accounts may be read by any.</summary>
    public ApplianceNode Node { get; }

    /// <summary>The configuration in force as it was written; the node's has what was learned in it. By the control thread.</summary>
    public RuntimeModel Asked { get; private set; }

    public OperatorLog Log => _around.Log;

    /// <summary>Null: the configuration has no pair.</summary>
    public IFailoverDesk? Failover => _failover.Desk;

    public IServiceNotices Notices => _around.Notices;

    /// <summary>Before <see cref="Run"/>: something else that the control thread does.</summary>
    public void Add(IControlPart part) => _parts.Add(part);

    /// <summary>Before <see cref="Run"/>: who reads the file again and puts it in force, for <see cref="Reload"/>.</summary>
    public Func<Task<ApplyAnswer>> Reloader { get; set; } = () => Task.FromResult(new ApplyAnswer(["nobody knows its file"], []));

    /// <summary>
    /// Before <see cref="Run"/>: opens what the appliance is spoken to by. It is called, and its task runs, when the appliance forwards,
    /// and only behind its end the appliance says that it runs; what it fails by is thrown by <see cref="Run"/>.
    /// </summary>
    public Func<Task> Opens { get; set; } = () => Task.CompletedTask;

    /// <summary>By the control thread.</summary>
    internal IReadOnlyDictionary<int, LivePort> LivePorts => _ports.All;

    /// <summary>By the control thread: the host's end of a port; null: there is none.</summary>
    internal HostStatus? HostOf(int port) => _hosts.StatusOf(port);

    /// <summary>From any thread: has the control thread turn to its parts soon; what it is to find there was put there before.</summary>
    public void Wake() => _queue.Post(static () => { });

    /// <summary>The control thread's loop, until somebody calls <see cref="Stop"/>.</summary>
    public void Run()
    {
        if (Node.Neighbours is { } neighbours) _wires.Start(neighbours, port => Node.Configuration.Ports[port].Name, WorkerThreads.Now);
        try
        {
            while (!_isStopping) Turn();
        }
        finally
        {
            _queue.Close();
            Notices.Stopping();
            _failover.Stop();                                           // also where management could not open: it may be master already
            Drain();
        }
    }

    /// <summary>
    /// By any thread: <paramref name="question"/> is answered by the control thread, between other things; it must not wait. Behind
    /// <see cref="Run"/> the answer is a <see cref="ControlEndedException"/>.
    /// </summary>
    public Task<T> Ask<T>(Func<ApplianceNode, T> question) => _queue.Ask(() => question(Node));

    /// <summary>Which part of its time a worker has had work lately, 0 to 1.</summary>
    public double BusyShareOf(int worker) => _busy[worker];

    /// <summary>By any thread: reads the file again. One at a time; who asks while one goes on gets the next.</summary>
    public Task<ApplyAnswer> Reload() => _reloading.Ask();

    /// <summary>By any thread: <see cref="Run"/> returns when what is under way has left.</summary>
    public void Stop() => _queue.Post(() => _isStopping = true);

    public void Dispose()
    {
        _queue.Close();                                                 // where it never ran
        _threads.Dispose();
        _failover.Dispose();
        _ports.Dispose();
        _hosts.Dispose();
        Node.Dispose();
        _sleep.Dispose();
    }

    private void Turn()
    {
        MonotonicTime now = WorkerThreads.Now;
        _queue.Run();
        Node.Tend(now);
        _ports.Tend(Node, now);
        _failover.Follow(Node);
        if (_linksFollowed != _ports.LinkChanges | _failover.HasMoved) FollowHosts();
        foreach (IControlPart part in _parts) part.Step(now);
        Watch(now);
        if (_isStopping) return;
        if (!_isReady) BecomeReady();
        Sleep(now);
    }

    private string Status
    {
        get
        {
            IEnumerable<string> ports = _ports.All.Values.Select(live => $"{live.Model.Name} ({live.Model.Device})");
            return $"{Node.Configuration.Name}, vcpus {Node.Workers.Length}, ports {string.Join(", ", ports)}";
        }
    }

    /// <summary>Whoever is told that it runs can speak with it.</summary>
    private void BecomeReady()
    {
        if (_opening is null)
        {
            _opening = Opens();
            _ = _opening.ContinueWith(_ => Wake(), TaskScheduler.Default);
        }

        if (!_opening.IsCompleted) return;
        _opening.GetAwaiter().GetResult();
        _isReady = true;
        Log.Say($"running: {Status}");
        Notices.Ready(Status);
    }

    /// <summary>By the control thread: puts another configuration in force, or says why not.</summary>
    internal ApplyAnswer Apply(RuntimeModel loaded)
    {
        RuntimeModel running = Node.Configuration;
        RuntimeModel next = PortNumbering.Keep(loaded, running, _vacant.IsFree);
        if (FailoverPart.ReadSecrets(next, out ImmutableArray<string> errors) is not { } secrets) return new ApplyAnswer(errors, []);
        PortChange change;
        try
        {
            change = _ports.Prepare(next, Node.Workers.Length);
        }
        catch (PortFault fault)
        {
            return new ApplyAnswer([.. fault.Lines], []);
        }

        foreach (PortModel gone in running.Ports.Where(port => !port.IsVacant && next.Ports[port.Index].IsVacant))
            _vacant.Add(gone.Index, Node.KillStates(new StateFilter { Port = gone.Name }));
        Asked = next;
        _failover.Take(secrets);
        _ports.Commit(Node, _hosts.Facts.On(next) ?? next, change, _failover.PairSecretOf(next));
        FollowHosts();
        int asked = Surroundings.WorkersFor(next);
        return new ApplyAnswer([], asked == Node.Workers.Length
            ? []
            : [$"vcpus: {Node.Workers.Length} are running; {asked} will be after the next start"]);
    }

    /// <summary>With nothing left behind when they cannot be had.</summary>
    private void OpenHosts(int workers)
    {
        try
        {
            _hosts.OpenAll(_failover.WithHeld(Asked), _ports.Links, workers);
        }
        catch
        {
            _ports.Dispose();
            throw;
        }
    }

    private void FollowHosts()
    {
        _linksFollowed = _ports.LinkChanges;
        if (_hosts.Follow(Node, _failover.WithHeld(Asked), _ports.Links)) PutInForce();
    }

    private bool IsUp(int physical) => _ports.All.TryGetValue(physical, out LivePort? live) && live is { Device: not null, IsUp: true };

    private void Reserve(ReservedPorts ports)
    {
        if (!ports.Equals(Node.HostPorts)) Node.HostPorts = ports;
    }

    /// <summary>The same configuration, with what has been learned since.</summary>
    private void PutInForce()
    {
        RuntimeModel? model = _hosts.Facts.On(Asked);
        if (model is null) Log.SayOften("hosts", "the ruleset has no room for the addresses that were learned: they do not count");
        Node.Apply(model ?? Asked, _ports.Links, _hosts.Ports);
    }

    private void Watch(MonotonicTime now)
    {
        _busy.Look(now);
        for (int i = 0; i < _vitals.Length; i++) _vitals[i] = (_threads.All[i].Breaths, _threads.All[i].IsResting(now));
        ImmutableArray<int> before = _watch.Stuck;
        _watch.Look(now, _vitals);
        foreach (int worker in _watch.Stuck.Except(before)) Log.SayOften("vcpus", $"vcpu {worker}: no breath for a second, it is stuck");
        foreach (int worker in before.Except(_watch.Stuck)) Log.SayOften("vcpus", $"vcpu {worker}: breathes again");
        if (Notices.WatchdogNanoseconds is not { } interval || now < _nextAlive || _watch.Stuck.Length > 0) return;
        _nextAlive = now + (interval / 3);
        Notices.Alive();
    }

    /// <summary>As a worker does (<see cref="Doorbell"/>): says so, looks once more, and sleeps.</summary>
    private void Sleep(MonotonicTime now)
    {
        MonotonicTime until = now + LongestSleep;
        if (Node.TendDeadline < until) until = Node.TendDeadline;
        if (Notices.WatchdogNanoseconds is not null && _watch.Stuck.IsEmpty && _nextAlive < until) until = _nextAlive;
        _descriptors.Begin();
        _descriptors.Add(_ports.Descriptors);
        foreach (IControlPart part in _parts)
        {
            if (part.NextDeadline < until) until = part.NextDeadline;
            _descriptors.Add(part.Descriptors);
        }

        if (_ports.IsBusy || until < now + ShortSleep) until = now + ShortSleep;
        _bell.LieDown();
        if (_queue.IsEmpty && !_news.HasNews) _sleep.Wait(_descriptors.All, until - WorkerThreads.Now);
        _bell.GetUp();
    }

    /// <summary>Nothing comes in any more; what is inside leaves, as far as its ports take it within a moment.</summary>
    private void Drain()
    {
        PortQuiet quiet = Node.StopReceiving();
        for (MonotonicTime end = WorkerThreads.Now + LongestSleep; WorkerThreads.Now < end;)
        {
            if (quiet.IsDone && Node.FramesHeld == 0) return;
            _sleep.Wait([], ShortSleep);
        }
    }
}
