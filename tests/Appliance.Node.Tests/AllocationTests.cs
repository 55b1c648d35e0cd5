using System.Diagnostics;
using System.Reflection;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>The data path allocates nothing, whatever comes, and every breath's frames are home before the next.</summary>
public sealed class AllocationTests
{
    private const int Frames = 100_000;
    private const int MaxRounds = 50;

    /// <summary>
    /// Everything that costs something on the way is on: reverse path, several ways, an MTU to cut for, configured neighbours.
    /// </summary>
    private static readonly string Everything = Boxes.Edge
        .Replace("\"2001:db8:1::1/64\"]", "\"2001:db8:1::1/64\"], rpf: strict", StringComparison.Ordinal)
        .Replace("via: 203.0.113.1}", "via: [203.0.113.1, 203.0.113.3, 203.0.113.4]}", StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_hundred_thousand_frames_allocate_nothing(int vcpus)
    {
        using ApplianceNode node = MustAllocateNothing(Everything, vcpus, [.. MixedTraffic.Frames(4, 4096).Select(frame => (0, frame))]);
        Assert.Equal(0, node.ReadAccounts().StatesCreated);
    }

    /// <summary>Under a key by which answers arrive elsewhere: states are made and end, and are told to other workers.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void States_and_their_aliases_allocate_nothing(int vcpus)
    {
        const string Foreign = "vrss: {key: microsoft, rebalance: off}\n";
        const string Rules = "set timeout { udp.first 1, udp.single 1, udp.multiple 1 }\nblock all\npass in on lan\npass out on wan\n";
        using ApplianceNode node = MustAllocateNothing(Boxes.Edge + Foreign + Boxes.Ruleset + Rules, vcpus, [.. Conversations(32)]);
        NodeAccounts accounts = node.ReadAccounts();
        Assert.InRange(accounts.StatesEnded, Frames, accounts.StatesCreated);
        Assert.Equal(0, accounts.Dropped);
        Assert.InRange(node.Shards().Sum(shard => shard.AliasCount), 1, 10_000);
    }

    /// <summary>Each new flow is told to a peer, and its first frame waits a breath for the peer's acknowledgment.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Telling_a_peer_and_waiting_for_it_allocate_nothing(int vcpus)
    {
        const string Rules = "set timeout { udp.first 1, udp.single 1, udp.multiple 1 }\nblock all\npass in on lan\npass out on wan\n";
        var sync = new FlowSync(new DeafJournal(), KeyedRandom.FromSeed(3), Creator: 1)
        {
            Receipts = new PromptReceipts(), PatienceNanoseconds = 1_000_000_000,
        };
        using ApplianceNode node = MustAllocateNothing(Boxes.Edge + Boxes.Ruleset + Rules, vcpus, [.. Conversations(32)], sync);
        long waited = node.Shards().Sum(shard => shard.HoldsOf(HoldOutcome.Acknowledged));
        Assert.InRange(waited, Frames / 2, node.ReadAccounts().StatesCreated);
    }

    /// <summary>Bursts of questions from the lan, and their answers in the burst behind.</summary>
    private static IEnumerable<(int Port, byte[] Frame)> Conversations(int bursts)
    {
        for (int burst = 0; burst < bursts; burst++)
        {
            ushort[] ports = [.. Enumerable.Range(1000 + (burst * Box.BurstFrames), Box.BurstFrames).Select(port => (ushort)port)];
            foreach (ushort port in ports)
                yield return (0, TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 8)));
            foreach (ushort port in ports)
                yield return (1, TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, port, 8)));
        }
    }

    private static ApplianceNode MustAllocateNothing(
        string yaml, int vcpus, (int Port, byte[] Frame)[] frames, FlowSync? sync = null)
    {
        bool isOptimized = typeof(ApplianceNode).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build, whose vectors are boxed: the Release build is judged.");
        var node = new ApplianceNode(Box.ModelOf(yaml), new NodeOptions { Workers = vcpus });
        MemoryInbox[] inboxes = [.. node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        var sink = new CountingSink();
        foreach (Worker worker in node.Workers) Assert.True(sync is null || worker.TryPost(new SyncAttachment(null, sync)));
        foreach (PortModel port in node.Configuration.Ports)
            Attach(node, port, inboxes, sink);

        MonotonicTime now = WarmUp(node, inboxes, frames);
        long sentBefore = sink.Frames;
        long before = GC.GetAllocatedBytesForCurrentThread();
        long unsettled = Feed(node, inboxes, frames, Frames, ref now);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(0, unsettled);
        Assert.InRange(sink.Frames - sentBefore, Frames / 2, 2 * Frames);
        Box.MustBeSettled(node);
        return node;
    }

    /// <summary>
    /// Until every path is compiled for good: code that is not optimized yet boxes vectors, and compiling allocates on this thread.
    /// </summary>
    private static MonotonicTime WarmUp(ApplianceNode node, MemoryInbox[] inboxes, (int Port, byte[] Frame)[] frames)
    {
        var now = new MonotonicTime(1);
        for (int round = 0; round < MaxRounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Feed(node, inboxes, frames, Frames, ref now);
            if (GC.GetAllocatedBytesForCurrentThread() == before) break;
        }

        return now;
    }

    /// <summary>Answers how many bursts left a frame away from its pool.</summary>
    private static long Feed(
        ApplianceNode node, MemoryInbox[] inboxes, (int Port, byte[] Frame)[] frames, int count, ref MonotonicTime now)
    {
        long unsettled = 0;
        for (int i = 0; i < count;)
        {
            for (int burst = 0; burst < Box.BurstFrames && i < count; burst++, i++)
            {
                (int port, byte[] bytes) = frames[i % frames.Length];
                MemoryInbox inbox = inboxes[1 % inboxes.Length];
                inbox.TryRent(bytes.Length, out Frame frame);
                bytes.CopyTo(frame.Bytes);
                inbox.TryAdd(frame, new PortId((ushort)port));
            }

            now += 50_000_000;
            node.StepUntilIdle(now);
            for (int worker = 0; worker < node.Workers.Length; worker++)
                unsettled += node.Workers[worker].Pool.InFlight;
        }

        return unsettled;
    }

    private static void Attach(ApplianceNode node, PortModel port, MemoryInbox[] inboxes, ITransmitSink sink)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(id, port.Name, node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => inboxes[worker], sink);
        foreach (Worker worker in node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    private sealed class DeafJournal : IFlowJournal
    {
        public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record) => true;
    }

    private sealed class PromptReceipts : IFlowReceipts
    {
        public long Session => 1;

        public bool AreAwaited => true;

        public ulong WrittenOf(int bucket) => 1;

        public ulong AcknowledgedOf(int bucket) => 1;

        public bool IsTorn(int bucket) => false;
    }

    private sealed class CountingSink : ITransmitSink
    {
        public long Frames { get; private set; }

        public void OnTransmit(PortId port, Frame frame) => Frames++;
    }
}
