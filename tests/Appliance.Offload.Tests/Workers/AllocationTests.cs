using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Workers;

/// <summary>A breath allocates nothing: counted to the byte, over received, tagged, handed-off, dropped and consumed frames.</summary>
public sealed class AllocationTests
{
    private const int WarmUpFrames = 20_000, Frames = 100_000, Burst = 50;
    private static readonly MonotonicTime Now = new(1);
    private static readonly FramePoolSize PoolSize = new(1024, 0, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_hundred_thousand_frames_through_a_worker_allocate_not_one_byte(int workers)
    {
        using var mesh = new HandOffMesh(workers, PoolSize);
        Worker[] all = [.. Enumerable.Range(0, workers).Select(id => Build(id, workers, mesh))];
        var inbox = new MemoryInbox(all[0].Pool, Burst);
        for (int port = 0; port < 2; port++)
            Attach(all, inbox, (ushort)port);

        byte[][] frames = Mix();
        Run(all, inbox, frames, WarmUpFrames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(all, inbox, frames, Frames);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);

        WorkerCounters[] counters = [.. all.Select(worker => worker.Counters)];
        Assert.Equal(WarmUpFrames + Frames, counters.Sum(count => count.Received));
        Assert.All(counters, count => Assert.True(count is { Transmitted: > 0, OwnedFrames: > 10_000 }));
        Assert.True(counters.Sum(count => count.Dropped) > 10_000 && counters.Sum(count => count.Consumed) > 1_000);
        Assert.All(all, worker => Assert.Equal(0, worker.Pool.InFlight));
        foreach (Worker worker in all)
            worker.Pool.Dispose();
    }

    private static Worker Build(int id, int workers, HandOffMesh mesh)
    {
        PortTable ports = new(
        [
            new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router },
            new PortFacts { Index = 1, Name = "wan", Physical = 1, Mac = TestFrames.Router },
            new PortFacts { Index = 2, Name = "lan.5", Physical = 0, Mac = TestFrames.Router, Parent = 0, VlanId = 5 },
        ]);
        var hash = new ToeplitzHash(RssKey.From(KeyedRandom.FromSeed(1)));
        var rules = new SteeringRules(hash, Symmetric: true, HashTypes.None, IndirectionTable.Even(128, workers));
        var path = new StageSequence([new ParseStage(ports), new SteerStage(id, rules)], [new Deciding()], [ScriptedStage.LeavingBy(1)]);
        return new Worker(id, ports, new FramePool((ushort)id, PoolSize), path, mesh);
    }

    private static void Attach(Worker[] workers, MemoryInbox inbox, ushort port)
    {
        MemoryInbox nothing = new(workers[0].Pool, 0);
        var memory = new MemoryPort(
            new PortId(port), $"port{port}", TestFrames.Router, 1500, worker => worker == 0 ? inbox : nothing, new Discarding());
        foreach (Worker worker in workers)
            worker.Attach(memory.Id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    private static void Run(Worker[] workers, MemoryInbox inbox, byte[][] frames, int count)
    {
        for (int i = 0; i < count;)
        {
            for (int burst = 0; burst < Burst; burst++, i++)
            {
                byte[] bytes = frames[i % frames.Length];
                if (!inbox.TryRent(bytes.Length, out Frame frame)) return;
                bytes.CopyTo(frame.Bytes);
                if (!inbox.TryAdd(frame, new PortId((ushort)(i & 1)))) return;
            }

            int work;
            do
            {
                work = 0;
                foreach (Worker worker in workers)
                    work += worker.Step(Now);
            }
            while (work > 0);
        }
    }

    private static byte[][] Mix()
    {
        List<byte[]> frames = [];
        for (ushort port = 1; port <= 40; port++)
        {
            byte[] tcp = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Tcp(port, 80));
            frames.Add(tcp);
            frames.Add(TestFrames.Tagged(TestFrames.Tagged(tcp, 0), 5));
            frames.Add(TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(port, 53, 100), null, TestExtension.HopByHop));
            frames.Add(TestFrames.With(tcp, 24, 0, 0));
            frames.Add(tcp[..30]);
        }

        frames.Add(TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1, 2), null, 131, 3, 4, 0));
        frames.Add(TestFrames.Ethernet(EtherType.Arp, new byte[46]));
        frames.Add(TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.EchoRequest(1)));
        return [.. frames];
    }

    /// <summary>Takes ARP and echo, and answers echo.</summary>
    private sealed class Deciding : IStage
    {
        public string Name => "deciding";

        public void Process(FrameBatch batch, in StageContext context)
        {
            foreach (Frame frame in batch.Frames)
            {
                if (frame.Info.Network != NetworkKind.Arp && frame.Info.Protocol != IpProtocol.Icmp) continue;
                batch.End(frame, Disposition.Consume);
                if (context.Source.TryBegin(frame.Length, out Frame answer)) context.Source.Submit(answer);
            }
        }
    }

    private sealed class Discarding : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame)
        {
        }
    }
}
