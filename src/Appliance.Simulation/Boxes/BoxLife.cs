using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Node;
using Appliance.Routing;
using Appliance.Wire.Ethernet;

namespace Appliance.Simulation;

/// <summary>
/// One life of a box, from start to kill: the same node, control side and failover that the program runs, on ports in memory. All times
/// are the box's own.
/// </summary>
internal sealed class BoxLife : ITransmitSink, IFailoverSender, IControlSender, IDisposable
{
    /// <summary>Frames that wait in the rings of a worker's ports; more are lost there.</summary>
    public const int RingFrames = 256;

    private static readonly NeighbourLimits FewNeighbours = new(PairConfiguration.Ports, KnownPerPort: 64, UnknownPerPort: 64);
    private static readonly FramePoolSize SmallPool = new(Small: 1024, Jumbo: 4, Large: 2);

    private readonly IBoxWires _wires;
    private readonly MemoryInbox[] _inboxes;
    private readonly VirtualHostTable _hosts = new();
    private readonly Doorbell _failoverBell = new();                    // where workers ring that have written for the peer

    /// <param name="model">The configuration.</param>
    /// <param name="box">0 or 1.</param>
    /// <param name="seed">Of this life's secrets.</param>
    /// <param name="memory">Of its tables.</param>
    /// <param name="wires">Where its frames go.</param>
    /// <param name="tell">Told of transitions.</param>
    /// <param name="now">Now.</param>
    public BoxLife(
        RuntimeModel model, int box, ulong seed, ITableMemory memory, IBoxWires wires, Action<CarpTimelineEntry> tell, MonotonicTime now)
    {
        _wires = wires;
        Node = new ApplianceNode(model, new NodeOptions
        {
            Seed = seed,
            StrictMac = true,
            InventNeighbours = false,
            LiveNeighbours = new NeighbourOptions { DetectsDuplicates = false, Limits = FewNeighbours },
            PairSecret = FailoverPlanBuilder.PairSecretOf(model, PairConfiguration.Secrets),
            TableMemory = memory,
            Links = Enumerable.Range(0, PairConfiguration.Ports).ToImmutableDictionary(
                port => port, port => new PortLink(MacOf(box, port), PortCapabilities.None, 1500)),
            VirtualHosts = _hosts,
            PoolSize = SmallPool,
        });
        _inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, RingFrames))];
        foreach (PortModel port in model.Ports) Attach(port, box);
        FailoverPlan plan = FailoverPlanBuilder.Build(model, Node.Models.Ports, PairConfiguration.Secrets)!;
        Failover = new FailoverControl(plan, KeyedRandom.FromSeed(seed), new UInt128(seed, (ulong)box << 32), this, tell, now)
        {
            Lease = _hosts.Lease,
        };
        for (ushort port = 0; port < PairConfiguration.Ports; port++) Failover.OnLink(new PortId(port), LinkState.Up, now);
        Node.Neighbours!.Start(this, now);
        if (plan.Lane is { } lane) Share(lane, (ushort)KeyedRandom.FromSeed(seed).Draw(RandomPurpose.Simulation, 0, 0, 0), now);
        foreach (Worker worker in Node.Workers) worker.Doorbell.Connect(new Wakeup(wires.WakeWorkers));
        _failoverBell.Connect(new Wakeup(wires.WakeFailover));
        _failoverBell.LieDown();
    }

    public ApplianceNode Node { get; }

    public FailoverControl Failover { get; }

    /// <summary>Null: there is no lane, so each box has its own states.</summary>
    public SyncJoint? Sync { get; private set; }

    /// <summary>Frames that the rings took, that were lost before them, and that have left by the data path.</summary>
    public long Entered { get; private set; }
    public long Overrun { get; private set; }
    public long Left { get; private set; }

    /// <summary>Whether the data path is the virtual host, as far as it knows.</summary>
    public bool Holds(int port, int vhid) => _hosts[port].IsHeld((byte)vhid);

    /// <summary>By which its workers go.</summary>
    public ActingLease Lease => _hosts.Lease;

    /// <summary>Whether it may go by that now.</summary>
    public bool MayAct(MonotonicTime now) => !Lease.IsOver(now);

    public static MacAddress MacOf(int box, int port) => new(0x0200_0000_0a00UL + ((ulong)box << 4) + (ulong)port);

    /// <summary>When it has something to do although nothing comes.</summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime node = Node.NextDeadline, failover = Failover.NextDeadline;
            return node < failover ? node : failover;
        }
    }

    /// <summary>Frames in the rings.</summary>
    public int Waiting => _inboxes.Sum(inbox => inbox.Count);

    /// <summary>All workers have turns until there is nothing to do; then they sleep until somebody rings.</summary>
    public void Breathe(MonotonicTime now)
    {
        foreach (Worker worker in Node.Workers) worker.Doorbell.GetUp();
        Node.StepUntilIdle(now);
        foreach (Worker worker in Node.Workers) worker.Doorbell.LieDown();
    }

    /// <summary>What the thread of failover does at the end of each of its turns.</summary>
    public void Speak(MonotonicTime now)
    {
        _failoverBell.GetUp();
        while (Failover.Speak(now)) { }
        Sync?.RingWorkers();
        _failoverBell.LieDown();
    }

    /// <summary>A frame that the box is to look at as a network card would show it to a worker. False: its ring is full.</summary>
    public bool Enter(int port, byte[] bytes)
    {
        MemoryInbox inbox = _inboxes[port % _inboxes.Length];
        if (!inbox.TryRent(bytes.Length, out Frame frame))
        {
            Overrun++;
            return false;
        }

        bytes.CopyTo(frame.Bytes);
        if (inbox.TryAdd(frame, new PortId((ushort)port)))
        {
            Entered++;
            return true;
        }

        Node.Workers[port % _inboxes.Length].Pool.Return(frame);
        Overrun++;
        return false;
    }

    void ITransmitSink.OnTransmit(PortId port, Frame frame)
    {
        Left++;
        _wires.Forward(port.Index, frame.Bytes.ToArray());
    }

    CarpSendOutcome IFailoverSender.Send(PortId port, ReadOnlySpan<byte> frame) =>
        _wires.Say(port.Index, frame.ToArray()) ? CarpSendOutcome.Sent : CarpSendOutcome.Failed;

    void IControlSender.Send(PortId port, ReadOnlySpan<byte> frame) => _wires.Answer(port.Index, frame.ToArray());

    public void Dispose()
    {
        Failover.Dispose();
        Node.Dispose();
    }

    private void Share(LanePlan lane, ushort creator, MonotonicTime now)
    {
        Sync = new SyncJoint(Node, lane, creator, _failoverBell);
        Failover.Join(Sync, now);
        if (!Sync.TryAttach()) throw new InvalidOperationException("Workers that nobody has written to have no room for letters.");
    }

    private void Attach(PortModel port, int box)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(id, port.Name, MacOf(box, port.Index), port.MtuBytes, worker => _inboxes[worker], this);
        foreach (Worker worker in Node.Workers) worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    /// <summary>Of threads that the world runs.</summary>
    private sealed class Wakeup(Action wake) : IWakeup
    {
        public void Wake() => wake();
    }
}
