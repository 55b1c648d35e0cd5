using System.Collections.Concurrent;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Testing;
using Xunit;

namespace Appliance.Management.Tests;

/// <summary>
/// An appliance on ports in memory with its management: one thread is control thread and all workers. Its clock stands still but for
/// <see cref="Wait"/> and <see cref="Pass"/>.
/// </summary>
internal sealed class LiveBox : IRunningAppliance, IAsyncDisposable
{
    public const string Yaml = """
        name: edge
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}, {to: 198.18.0.0/15, blackhole: true}]
        neighbors: [{port: wan, address: 203.0.113.1, mac: "02:00:00:00:0a:01"}]
        firewall: {ruleset: edge.pf.conf}

        """;

    public const string Rules = """
        table <bad> persist { 198.51.100.66 }
        table <fixed> const { 192.0.2.0/24 }
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        block log all
        block in quick from <bad>
        pass in on lan from 192.168.1.0/24 label "inside"
        pass out on wan

        """;

    private readonly ConcurrentQueue<Action> _actions = [];
    private readonly ConcurrentQueue<string> _told = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly MemoryInbox[] _inboxes;
    private readonly TransmitLog _log = new();
    private readonly Thread _thread;
    private long _now = 1_000_000_000;
    private volatile bool _isStopping;

    private LiveBox(TemporaryFolder folder, ConfigurationStart start, int vcpus, GenerationStore? store, string config)
    {
        Folder = folder;
        Store = store;
        Node = new ApplianceNode(start.Model!, new NodeOptions { Workers = vcpus });
        _inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, 64))];
        foreach (PortModel port in Node.Configuration.Ports.Where(port => port.IsPhysical)) Attach(port);
        Desk = new ControlDesk(this, () => _wake.Release());
        Changes = new ConfigurationChanges(Desk, start, config, store, _told.Enqueue, new MonotonicTime(_now));
        SocketPath = folder["box.sock"];
        Client = new ControlClient(SocketPath);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public TemporaryFolder Folder { get; }
    public GenerationStore? Store { get; }
    public ApplianceNode Node { get; }
    public ControlDesk Desk { get; }
    public ConfigurationChanges Changes { get; }
    public string SocketPath { get; }
    public ControlClient Client { get; }
    public ControlServer Server { get; private set; } = null!;

    /// <summary>Lines that the appliance told by itself.</summary>
    public IEnumerable<string> Told => _told;

    /// <summary>What the next <see cref="Apply"/> is refused with; empty: it is not.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>Called when a configuration is just about to be in force.</summary>
    public Action Applying { get; set; } = () => { };

    public static DateTimeOffset Beginning { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IFailoverDesk? Failover { get; set; }

    public DateTimeOffset TimeOfDay => Beginning.AddTicks(Volatile.Read(ref _now) / 100);

    /// <summary>Starts with a file of its own folder, which it takes over.</summary>
    public static async Task<LiveBox> StartAsync(
        TemporaryFolder folder, string yaml = Yaml, string rules = Rules, int vcpus = 2, DateTimeOffset? at = null,
        bool isKept = true)
    {
        if (!File.Exists(folder["edge.pf.conf"])) folder.Write("edge.pf.conf", rules);
        string config = File.Exists(folder["edge.yaml"]) ? folder["edge.yaml"] : folder.Write("edge.yaml", yaml);
        GenerationStore? store = isKept ? GenerationStore.Open(folder["generations"]) : null;
        var start = ConfigurationStart.Choose(config, store, at ?? Beginning.AddSeconds(1));
        Assert.Empty(start.Errors);
        var box = new LiveBox(folder, start, vcpus, store, config);
        box.Server = await ControlServer.StartAsync(box.SocketPath, box.Desk, box.Changes);
        return box;
    }

    public static Task<LiveBox> StartAsync(int vcpus = 2, string rules = Rules) =>
        StartAsync(new TemporaryFolder(), rules: rules, vcpus: vcpus);

    /// <inheritdoc/>
    public ApplyAnswer Apply(RuntimeModel next)
    {
        if (Refusal.Length > 0) return new ApplyAnswer([Refusal], []);
        if (next.Ports.Length != Node.Configuration.Ports.Length) return new ApplyAnswer(["ports: this box keeps its ports"], []);
        Applying();
        Node.Apply(next);
        return ApplyAnswer.Done;
    }

    /// <summary>Time passes, and what is to happen then happens.</summary>
    public async Task Wait(double seconds)
    {
        Pass(seconds);
        await OnControl(() => 0);
        await OnControl(() => 0);                                       // a whole round lies between
        await Changes.Returning;
    }

    /// <summary>Time passes, and nobody waits for what comes of it.</summary>
    public void Pass(double seconds) => Interlocked.Add(ref _now, (long)(seconds * 1e9));

    /// <summary>Does something between two breaths.</summary>
    public Task<T> OnControl<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actions.Enqueue(() => done.SetResult(act()));
        _wake.Release();
        return done.Task;
    }

    /// <summary>Frames that come in by a port; what left because of them comes back.</summary>
    public Task<(string Port, byte[] Bytes)[]> Send(string port, params byte[][] frames) => OnControl(() =>
    {
        _log.Clear();
        PortModel model = Node.Configuration.FindPort(port)!;
        MemoryInbox inbox = _inboxes[model.Ordinal % _inboxes.Length];
        foreach (byte[] bytes in frames)
        {
            Assert.True(inbox.TryRent(bytes.Length, out Frame frame), "The pool is empty.");
            bytes.CopyTo(frame.Bytes);
            Assert.True(inbox.TryAdd(frame, new PortId((ushort)model.Index)), "The inbox is full.");
            if (inbox.Count == 64) Breathe();
        }

        Breathe();
        return _log.Sent.Select(sent => (Node.Configuration.Ports[sent.Port.Index].Name, sent.Bytes)).ToArray();
    });

    /// <summary>The control thread ends behind what it answers next, as when it is told to stop while a change is under way.</summary>
    public bool EndsBehindNextAnswer { get; set; }

    /// <summary>In order, when the control thread has ended.</summary>
    public async Task EndAsync()
    {
        _thread.Join();
        Desk.Close();
        Changes.Dispose();
        await CrashAsync();
    }

    /// <summary>As a process that is killed: nothing is said, nothing is written.</summary>
    public async Task CrashAsync()
    {
        _isStopping = true;
        _wake.Release();
        _thread.Join();
        await Server.DisposeAsync();
        Client.Dispose();
        Store?.Dispose();
        Node.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        Folder.Dispose();
    }

    private void Breathe()
    {
        do Node.Tend(new MonotonicTime(_now));
        while (Node.Step(new MonotonicTime(_now)) > 0);
    }

    private void Run()
    {
        while (!_isStopping)
        {
            var now = new MonotonicTime(Volatile.Read(ref _now));
            for (int waiting = _actions.Count; waiting > 0 && _actions.TryDequeue(out Action? action); waiting--) action();
            if (Desk.Step(now, TimeOfDay) > 0 && EndsBehindNextAnswer) return;
            Node.Tend(now);
            Node.Step(now);
            if (Node.TendDeadline > now) _wake.Wait(TimeSpan.FromMilliseconds(5));
        }
    }

    private void Attach(PortModel port)
    {
        var id = new PortId((ushort)port.Index);
        Node.Attach(new MemoryPort(
            id, port.Name, Node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => _inboxes[worker], _log));
        Breathe();
    }
}
