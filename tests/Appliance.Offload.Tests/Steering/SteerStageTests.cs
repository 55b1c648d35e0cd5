using Appliance.Engine;
using Appliance.Offload.Tests.Parsing;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Offload.Tests.Steering;

public sealed class SteerStageTests : IDisposable
{
    private static readonly byte[] Tcp = TestFrames.Ipv4("66.9.149.187", "161.142.100.80", TestTransport.Tcp(2794, 1766));
    private static readonly byte[] Arp = TestFrames.Ethernet(EtherType.Arp, new byte[28]);
    private readonly BatchRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Hash_bucket_and_owner_are_written_beside_the_frame()
    {
        Frame frame = Steer(worker: 0, SteeringRig.Ndis(HashTypes.All), Tcp).Frames[0];
        Assert.Equal((0x51ccc178u, (ushort)0x78, (ushort)0), (frame.Info.Hash, frame.Info.Bucket, frame.Info.Worker));
        Assert.Equal(FrameTraits.Ports | FrameTraits.Hashed, frame.Info.Traits);
        Assert.Equal(Disposition.Continue, frame.Info.Disposition);
    }

    [Fact]
    public void A_frame_of_another_workers_bucket_is_handed_off()
    {
        FrameBatch batch = Steer(worker: 1, SteeringRig.Ndis(HashTypes.All), Tcp);
        Assert.Equal((1, Disposition.HandOff, (ushort)0), (batch.Ended, batch.Frames[0].Info.Disposition, batch.Frames[0].Info.Worker));
    }

    [Fact]
    public void What_cannot_be_hashed_belongs_to_bucket_0()
    {
        SteeringRules rules = SteeringRig.Ndis(HashTypes.None) with { Table = new IndirectionTable([3, 1, 1, 1]) };
        FrameBatch batch = Steer(worker: 1, rules, Tcp, Arp);
        foreach (Frame frame in batch.Frames)
        {
            Assert.Equal((0u, (ushort)0, (ushort)3), (frame.Info.Hash, frame.Info.Bucket, frame.Info.Worker));
            Assert.Equal(FrameTraits.None, frame.Info.Traits & FrameTraits.Hashed);
            Assert.Equal(Disposition.HandOff, frame.Info.Disposition);
        }
    }

    [Fact]
    public void Adopted_rules_count_from_the_next_batch_on()
    {
        var stage = new SteerStage(0, SteeringRig.Ndis(HashTypes.All));
        stage.Adopt(SteeringRig.Ndis(HashTypes.All) with { Table = IndirectionTable.Even(1, 1) });
        FrameBatch batch = Parsed(Tcp);
        stage.Process(batch, _rig.Context());
        Assert.Equal((0x51ccc178u, (ushort)0, 0), (batch.Frames[0].Info.Hash, batch.Frames[0].Info.Bucket, batch.Ended));
    }

    [Fact]
    public void A_trace_is_told_hash_bucket_and_vcpu()
    {
        var trace = new TraceLog();
        var stage = new SteerStage(1, SteeringRig.Ndis(HashTypes.All));
        stage.Process(Parsed(Tcp, Arp), _rig.Context(trace));
        Assert.Equal("steer", stage.Name);
        string[] expected = ["hash 51ccc178, bucket 120, vcpu 0", "hash 00000000, bucket 0, vcpu 0"];
        Assert.Equal(expected, trace.Explained.ToArray());
    }

    [Fact]
    public void Both_directions_of_many_flows_get_the_same_owner_under_a_secret_key()
    {
        var rules = new SteeringRules(
            new ToeplitzHash(RssKey.From(KeyedRandom.FromSeed(1))), Symmetric: true, HashTypes.None, IndirectionTable.Even(128, 4));
        var owners = new int[4];
        for (ushort port = 1024; port < 1224; port++)
        {
            byte[] there = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Tcp(port, 443));
            byte[] back = TestFrames.Ipv4("198.51.100.2", "192.0.2.1", TestTransport.Tcp(443, port));
            Frame[] frames = Steer(worker: 0, rules, there, back).Frames.ToArray();
            Assert.Equal(frames[0].Info.Hash, frames[1].Info.Hash);
            Assert.Equal(frames[0].Info.Worker, frames[1].Info.Worker);
            owners[frames[0].Info.Worker]++;
            Array.ForEach(frames, _rig.Return);
        }

        Assert.All(owners, count => Assert.InRange(count, 25, 75));     // 50 each on average
    }

    [Fact]
    public void In_a_mixed_batch_each_frame_gets_the_hash_that_it_has_alone()
    {
        var random = new Random(17);
        byte[][] kinds =
        [
            Tcp, TestFrames.Ipv4("192.0.2.9", "192.0.2.1", TestTransport.EchoRequest(77)),
            TestFrames.Ipv4("192.0.2.9", "192.0.2.1", TestTransport.Udp(5, 6), null, 148, 4, 0, 0),
            TestFrames.Ipv4("192.0.2.9", "192.0.2.1", TestTransport.Udp(5, 6), ip => ip with { MoreFragments = true }),
            TestFrames.Ipv6("2001:db8::9", "2001:db8::1", TestTransport.Tcp(7, 8)),
            TestFrames.Ipv6("2001:db8::9", "2001:db8::1", TestTransport.Udp(9, 8), null, TestExtension.HopByHop), Arp,
        ];
        SteeringRules[] every = [SteeringRig.Symmetric, SteeringRig.Ndis(HashTypes.All), SteeringRig.Ndis(HashTypes.UdpIpv4)];
        foreach (SteeringRules rules in every)
        {
            uint[] alone = [.. kinds.Select(kind => Hashes(rules, kind)[0])];
            for (int round = 0; round < 20; round++)
            {
                int some = round % 2 == 0 ? kinds.Length : 4;                       // all, or IPv4 alone
                int[] drawn = [.. Enumerable.Range(0, 1 + random.Next(64)).Select(_ => random.Next(some))];
                Assert.Equal(drawn.Select(kind => alone[kind]), Hashes(rules, [.. drawn.Select(kind => kinds[kind])]));
            }
        }
    }

    private uint[] Hashes(SteeringRules rules, params byte[][] frames)
    {
        Frame[] steered = Steer(worker: 0, rules, frames).Frames.ToArray();
        uint[] hashes = [.. steered.Select(frame => frame.Info.Hash)];
        Array.ForEach(steered, _rig.Return);
        return hashes;
    }

    private FrameBatch Steer(int worker, SteeringRules rules, params byte[][] frames)
    {
        FrameBatch batch = Parsed(frames);
        new SteerStage(worker, rules).Process(batch, _rig.Context());
        return batch;
    }

    private FrameBatch Parsed(params byte[][] frames)
    {
        FrameBatch batch = _rig.Batch(frames);
        new ParseStage(ParseRig.Ports).Process(batch, _rig.Context());
        Assert.Equal(0, batch.Ended);
        return batch;
    }
}
