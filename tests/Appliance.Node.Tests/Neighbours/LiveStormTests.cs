using System.Buffers.Binary;
using System.Collections.Concurrent;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// A thread for each worker and one for the control side, while hosts answer late, move, and are forgotten: no flow is ever out of order,
/// no frame goes to another's MAC address, every frame is accounted for.
/// </summary>
public sealed class LiveStormTests : IControlSender
{
    private const int Hosts = 24, FlowsPerHost = 4;
    private const long Step = 20_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<byte[]> _left = new();
    private readonly List<(long At, byte[] Frame)> _answers = [];
    private long _now = 1_000_000_000;
    private long _entered;
    private long _granted;                                              // frames that may have entered by now
    private bool _isOver;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Flows_stay_in_order_while_neighbours_come_and_go(int vcpus)
    {
        using var node = new ApplianceNode(
            Box.ModelOf(Boxes.Island),
            new NodeOptions { Workers = vcpus, LiveNeighbours = new NeighbourOptions { DetectsDuplicates = false } });
        MemoryInbox[] inboxes = [.. node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        foreach (PortModel port in node.Configuration.Ports) Attach(node, port, inboxes);
        node.Neighbours!.Start(this, new MonotonicTime(_now));
        long questions = TestSize.Of(12_000L, 200_000, 20_000_000);
        Task[] workers = [.. node.Workers.Select(worker => Task.Run(() => Run(worker, inboxes[worker.Id], vcpus)))];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (Interlocked.Read(ref _entered) < questions)
        {
            Assert.True(watch.Elapsed < Patience && workers.All(worker => !worker.IsFaulted), "It takes too long, or has failed.");
            Interlocked.Add(ref _now, Step);
            if (_granted - Interlocked.Read(ref _entered) < 100) Interlocked.Add(ref _granted, 100);
            Control(node);
            await Task.Yield();
        }

        Volatile.Write(ref _isOver, true);
        await Task.WhenAll(workers);
        for (int i = 0; i < 500; i++)
        {
            _now += Step;
            Control(node);
            node.StepUntilIdle(new MonotonicTime(_now));
        }

        Box.MustBeSettled(node);
        MustBeInOrder();
        Assert.InRange(_left.Count, Hosts, (int)_entered);              // how many depends on who has a processor when
        NodeAccounts accounts = node.ReadAccounts();
        Assert.Equal(_entered + accounts.Generated, _left.Count + accounts.Dropped);
        Assert.Empty(accounts.Drops.Keys.Except(["no-neighbour", "queue-full"]));
    }

    void IControlSender.Send(PortId port, ReadOnlySpan<byte> frame)
    {
        byte[] asked = frame.ToArray();
        if (asked[12] != 8 || asked[13] != 6 || !ArpView.TryParse(asked.AsSpan(14), out ArpView arp) || arp.IsAnnouncement) return;
        int host = (int)(arp.TargetProtocolAddress.Value & 0xff);
        if (host < 100 || host >= 100 + Hosts) return;
        byte[] answer = Messages.Arp(ArpOperation.Reply, MacOf(host), $"192.168.1.{host}", "192.168.1.1", Boxes.LanMac);
        _answers.Add((_now + (Step * (host % 7)), answer));
    }

    private static MacAddress MacOf(int host) => new(0x0200_0000_7000UL + (ulong)host);

    private void Control(ApplianceNode node)
    {
        var now = new MonotonicTime(_now);
        foreach ((long at, byte[] frame) in _answers.ToArray())
        {
            if (at > _now) continue;
            node.Neighbours!.OnFrame(new PortId(0), frame, now);
            _answers.Remove((at, frame));
        }

        if (_now / Step % 50 == 0) node.Neighbours!.OnLink(new PortId(0), isUp: true, now);       // everybody is forgotten
        node.Tend(now);
    }

    /// <summary>Every worker sends to every host flows of its own, numbered.</summary>
    private void Run(Worker worker, MemoryInbox inbox, int vcpus)
    {
        var numbers = new int[Hosts * FlowsPerHost];
        for (int next = worker.Id; !Volatile.Read(ref _isOver); next++)
        {
            for (int burst = 0; burst < 16 && Interlocked.Read(ref _entered) < Interlocked.Read(ref _granted); burst++, next++)
            {
                int flow = next % numbers.Length;
                byte[] bytes = FrameOf(flow, (ushort)(1000 + (flow * vcpus) + worker.Id), numbers[flow]);
                if (inbox.Count >= Box.BurstFrames || !inbox.TryRent(bytes.Length, out Frame frame)) break;
                bytes.CopyTo(frame.Bytes);
                numbers[flow]++;
                inbox.TryAdd(frame, new PortId(1));
                Interlocked.Increment(ref _entered);
            }

            if (worker.Step(new MonotonicTime(Interlocked.Read(ref _now))) == 0) Thread.Yield();
        }
    }

    private static byte[] FrameOf(int flow, ushort port, int number)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return TestFrames.Ipv4("203.0.113.9", $"192.168.1.{100 + (flow % Hosts)}", TestTransport.Udp(port, 53, payload));
    }

    private void MustBeInOrder()
    {
        var last = new Dictionary<ushort, int>();
        foreach (byte[] frame in _left)
        {
            Assert.Equal(MacOf(frame[33]), MacAddress.Read(frame));
            ushort port = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(34));
            int number = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(42));
            Assert.True(number > last.GetValueOrDefault(port, -1), $"Flow {port}: {number} behind {last.GetValueOrDefault(port)}.");
            last[port] = number;
        }
    }

    private void Attach(ApplianceNode node, PortModel port, MemoryInbox[] inboxes)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(
            id, port.Name, node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => inboxes[worker], new Sink(_left));
        foreach (Worker worker in node.Workers) worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    private sealed class Sink(ConcurrentQueue<byte[]> left) : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame)
        {
            if (port.Index == 0) left.Enqueue(frame.Bytes.ToArray());
        }
    }
}
