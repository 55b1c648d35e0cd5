using Appliance.Engine;
using Appliance.Offload;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Ports that keep answers in their bucket, judged by the stage that steers the answers.</summary>
public sealed class BucketPortsTests : IDisposable
{
    private readonly FrameRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<bool, bool, int, string> Ways
    {
        get
        {
            var ways = new TheoryData<bool, bool, int, string>();
            foreach (bool symmetric in (bool[])[true, false])
            {
                foreach (bool v6 in (bool[])[true, false])
                {
                    foreach (int buckets in (int[])[1, 16, 128, 4096])
                    {
                        foreach (string kind in (string[])["tcp", "udp", "echo"])
                            ways.Add(symmetric, v6, buckets, kind);
                    }
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Answers_to_a_port_of_the_set_come_to_the_bucket(bool symmetric, bool v6, int buckets, string kind)
    {
        var random = new Random(buckets);
        int checkedPorts = 0;
        for (int round = 0; round < 20; round++)
        {
            RssKey key = round == 0 ? RssKey.Microsoft : RssKey.From(KeyedRandom.FromSeed((ulong)random.Next()));
            SteeringRules rules = Steering.With(key, symmetric, HashTypes.All, buckets);
            var datagram = new TestFlow(kind, v6, [1, 2, 3, 4]);
            FrameEndpoints flow = TestFlow.Random(random, v6, datagram.IsQuery);
            UInt128 address = TestFlow.Address(random, v6);
            ushort bucket = (ushort)random.Next(buckets);
            IpProtocol icmp = v6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp;
            IpProtocol protocol = kind switch { "tcp" => IpProtocol.Tcp, "udp" => IpProtocol.Udp, _ => icmp };
            BucketPortSet own = new BucketPorts(rules).Find(flow, v6, protocol, address, bucket);
            if (kind == "echo" && !symmetric)
            {
                Assert.True(own.IsEmpty);                               // no identifier is hashed
                continue;
            }

            if (own.IsEmpty) continue;                                  // rare: the key's windows do not span the bucket's bits
            Assert.InRange(own.Count, 65_536 / buckets, 65_536);
            for (int i = 0; i < 50; i++)
            {
                ushort port = own[(ushort)random.Next(1 << 16)];
                var answer = new FrameEndpoints(flow.Destination, address, datagram.IsQuery ? port : flow.DestinationPort, port);
                Assert.Equal(bucket, BucketOf(rules, (kind == "echo" ? datagram with { Kind = "reply" } : datagram).Make(answer)));
                checkedPorts++;
            }
        }

        if (kind != "echo" || symmetric) Assert.InRange(checkedPorts, 500, int.MaxValue);
    }

    [Fact]
    public void Set_holds_every_port_of_the_bucket_once()
    {
        SteeringRules rules = Steering.Symmetric;
        var random = new Random(2);
        FrameEndpoints flow = TestFlow.Random(random, v6: false, isQuery: false);
        UInt128 address = TestFlow.Address(random, v6: false);
        BucketPortSet own = new BucketPorts(rules).Find(flow, v6: false, IpProtocol.Tcp, address, 77);
        var ports = new HashSet<ushort>();
        for (int i = 0; i < own.Count; i++)
            Assert.True(ports.Add(own[(ushort)i]));
        Span<byte> tuple = stackalloc byte[12];
        for (int port = 0; port < 1 << 16; port++)
        {
            bool isFirst = flow.Destination < address;                  // of the ordered endpoints
            FrameEndpoints ordered = isFirst
                ? new FrameEndpoints(flow.Destination, address, flow.DestinationPort, (ushort)port)
                : new FrameEndpoints(address, flow.Destination, (ushort)port, flow.DestinationPort);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(tuple, (uint)ordered.Source);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(tuple[4..], (uint)ordered.Destination);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(tuple[8..], ordered.SourcePort);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(tuple[10..], ordered.DestinationPort);
            Assert.Equal(rules.Table.BucketOf(rules.Hash.Hash(tuple)) == 77, ports.Contains((ushort)port));
        }
    }

    [Fact]
    public void Nothing_is_said_where_ports_order_the_endpoints_or_are_not_hashed()
    {
        var flow = new FrameEndpoints(1, 2, 3, 4);
        Assert.True(new BucketPorts(Steering.Symmetric).Find(flow, v6: false, IpProtocol.Tcp, 2, 0).IsEmpty);
        Assert.True(new BucketPorts(Steering.Symmetric).Find(flow, v6: false, IpProtocol.Gre, 9, 0).IsEmpty);
        SteeringRules addresses = Steering.With(RssKey.Microsoft, symmetric: false, HashTypes.Ipv4, 128);
        Assert.True(new BucketPorts(addresses).Find(flow, v6: false, IpProtocol.Tcp, 9, 0).IsEmpty);
    }

    [Fact]
    public void Most_translated_flows_stay_with_their_bucket()
    {
        var random = new Random(8);
        var probe = new TakenPorts([]);
        var buckets = new BucketPorts(Steering.Symmetric);
        PoolMember member = new(Prefix("203.0.113.2/32"));
        var pool = new AddressPool(PoolKind.First, isV6: false, [member], isSticky: false, KeyedRandom.FromSeed(1));
        var translation = new SourceTranslation(pool, PortPolicy.Default, KeyedRandom.FromSeed(1));
        const int Flows = 2_000;
        int same = 0;
        for (int i = 0; i < Flows; i++)
        {
            var datagram = new TestFlow("tcp", V6: false, [1]);
            FrameEndpoints flow = TestFlow.Random(random, v6: false, isQuery: false);
            ushort bucket = BucketOf(Steering.Symmetric, datagram.Make(flow));
            Assert.True(translation.TryChoose(flow, IpProtocol.Tcp, buckets, bucket, ref probe, out FrameEndpoints translated));
            if (BucketOf(Steering.Symmetric, datagram.Make(translated.Turned())) == bucket) same++;
        }

        TestContext.Current.SendDiagnosticMessage($"{same} of {Flows} flows keep their bucket");
        Assert.InRange(same, Flows * 99 / 100, Flows);
    }

    private ushort BucketOf(SteeringRules rules, byte[] bytes)
    {
        Frame frame = _rig.Parsed(bytes);
        var batch = new FrameBatch();
        Assert.True(batch.TryAdd(frame));
        new SteerStage(0, rules).Process(batch, new StageContext(default, 0, new WorkerCounters(1), null!, null!, null));
        ushort bucket = frame.Info.Bucket;
        _rig.Take(frame);
        return bucket;
    }

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
