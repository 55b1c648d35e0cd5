using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// One live appliance in memory, and the hosts on its links. What its control side says reaches them at once; what they answer comes back
/// with the next step of time. Data frames go in as by <see cref="Box"/>.
/// </summary>
internal sealed class LiveBox : IDisposable, IControlSender
{
    public const long Second = 1_000_000_000, Millisecond = 1_000_000;

    private readonly TransmitLog _log = new();
    private readonly ITransmitSink _sink;
    private readonly MemoryInbox[] _inboxes;
    private readonly List<(PortId Port, byte[] Frame)> _said = [];
    private readonly Queue<(PortId Port, byte[] Frame)> _answers = new();

    /// <param name="sink">Sees what leaves, in place of <see cref="Log"/>.</param>
    public LiveBox(string yaml, int vcpus = 1, NeighbourOptions? how = null, ITransmitSink? sink = null)
    {
        _sink = sink ?? _log;
        var options = new NodeOptions
        {
            Workers = vcpus,
            LiveNeighbours = how ?? new NeighbourOptions { DetectsDuplicates = false },
        };
        Node = new ApplianceNode(Box.ModelOf(yaml), options);
        _inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        foreach (PortModel port in Node.Configuration.Ports.Where(port => port.IsPhysical)) Attach(port);
        Neighbours.Start(this, Now);
    }

    public ApplianceNode Node { get; }

    public NeighbourControl Neighbours => Node.Neighbours!;

    public MonotonicTime Now { get; private set; } = new(1_000_000_000);

    public List<SimulatedHost> Hosts { get; } = [];

    /// <summary>What the control side has said, all of it.</summary>
    public IReadOnlyList<(PortId Port, byte[] Frame)> Said => _said;

    public NodeAccounts Accounts => Node.ReadAccounts();

    public SimulatedHost AddHost(string port, string address, ulong mac)
    {
        var host = new SimulatedHost(port, address, new MacAddress(mac));
        Hosts.Add(host);
        return host;
    }

    /// <summary>What has left by any port since it was last taken or forgotten.</summary>
    public TransmitLog Log => _log;

    /// <summary>Frames that have left by a port since the last time.</summary>
    public byte[][] TakeLeft(string port)
    {
        int index = Node.Configuration.FindPort(port)!.Index;
        byte[][] left = [.. _log.SentBy(index)];
        Assert.True(_log.Sent.All(sent => sent.Port.Index == index), "Something left by another port.");
        _log.Clear();
        return left;
    }

    public void ForgetLeft() => _log.Clear();

    public void ForgetSaid() => _said.Clear();

    public LiveBox Send(string port, params byte[][] frames)
    {
        foreach (byte[][] burst in frames.Chunk(Box.BurstFrames))
        {
            foreach (byte[] frame in burst) Enter(port, frame);
            Node.StepUntilIdle(Now);
        }

        return this;
    }

    /// <summary>Lets time pass in small steps; hosts answer, timers fire.</summary>
    public LiveBox Wait(long nanoseconds, long step = 50 * Millisecond)
    {
        for (MonotonicTime until = Now + nanoseconds; Now < until;)
        {
            Now = Now + step < until ? Now + step : until;
            Breathe();
        }

        return this;
    }

    /// <summary>Hosts' answers come in, and the node does what is to be done, without time passing.</summary>
    public LiveBox Breathe()
    {
        Node.StepUntilIdle(Now);
        while (_answers.TryDequeue(out (PortId Port, byte[] Frame) answer)) Neighbours.OnFrame(answer.Port, answer.Frame, Now);
        Node.StepUntilIdle(Now);
        return this;
    }

    /// <summary>A frame of ARP or neighbour discovery from a host.</summary>
    public LiveBox Hear(string port, byte[] frame)
    {
        Neighbours.OnFrame(new PortId((ushort)Node.Configuration.FindPort(port)!.Index), frame, Now);
        return this;
    }

    public NeighbourRow? Row(string address) =>
        Neighbours.ReadNeighbours().SingleOrDefault(row => row.Address.ToString() == address);

    /// <summary>Nothing waits, every frame is home, the sums are right.</summary>
    public void MustBeSettled() => Box.MustBeSettled(Node);

    public void Dispose() => Node.Dispose();

    void IControlSender.Send(PortId port, ReadOnlySpan<byte> frame)
    {
        byte[] bytes = frame.ToArray();
        _said.Add((port, bytes));
        string name = Node.Configuration.Ports[port.Index].Name;
        foreach (SimulatedHost host in Hosts.Where(host => host.Port == name && !host.IsSilent))
        {
            if (host.AnswerTo(bytes) is { } answer) _answers.Enqueue((port, answer));
        }
    }

    /// <summary>Puts a frame before the worker that reads the port, without a breath.</summary>
    public void Enter(string port, byte[] bytes)
    {
        PortModel model = Node.Configuration.FindPort(port)!;
        MemoryInbox inbox = _inboxes[model.Ordinal % _inboxes.Length];
        Assert.True(inbox.TryRent(bytes.Length, out Frame frame), "The pool is empty.");
        bytes.CopyTo(frame.Bytes);
        Assert.True(inbox.TryAdd(frame, new PortId((ushort)model.Index)), "The inbox is full.");
    }

    private void Attach(PortModel port)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(id, port.Name, Node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => _inboxes[worker], _sink);
        foreach (Worker worker in Node.Workers) worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }
}
