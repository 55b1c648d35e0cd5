using Appliance.Engine;
using Appliance.Offload;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Where frames of a flow arrive, said without the frame: it must be what the dispatcher does to the frame itself, whatever it is and
/// whatever the rules.
/// </summary>
public sealed class ArrivalBucketTests : IDisposable
{
    private readonly FrameRig _rig = new();
    private readonly Random _random = new(TestSize.Seed(5));

    public void Dispose() => _rig.Dispose();

    private static SteeringRules[] AllRules =>
    [
        Steering.Symmetric,
        .. from types in (HashTypes[])
           [
               HashTypes.All, HashTypes.None, HashTypes.Ipv4, HashTypes.Ipv6, HashTypes.TcpIpv4 | HashTypes.Ipv4, HashTypes.UdpIpv6,
               HashTypes.TcpIpv6 | HashTypes.UdpIpv4,
           ]
           from key in (RssKey[])[RssKey.Microsoft, RssKey.From(KeyedRandom.FromSeed(3))]
           from symmetric in (bool[])[false, true]
           select Steering.With(key, symmetric, types, 4096),
    ];

    [Fact]
    public void What_is_said_of_a_flow_is_what_the_dispatcher_does()
    {
        int flows = TestSize.Of(person: 20, server: 200, soak: 2000);
        var buckets = new HashSet<ushort>();
        foreach (SteeringRules rules in AllRules)
        {
            for (int i = 0; i < flows; i++)
            {
                foreach (string kind in TestFlow.Kinds)
                {
                    bool v6 = _random.Next(2) == 0;
                    var datagram = new TestFlow(kind, v6, [1, 2, 3, 4]);
                    FrameEndpoints ends = Ends(v6, datagram.IsQuery);
                    ushort expected = Check(rules, datagram.Make(ends));
                    buckets.Add(expected);
                    TestFlow answer = kind switch
                    {
                        "echo" => datagram with { Kind = "reply" },
                        "reply" => datagram with { Kind = "echo" },
                        _ => datagram,
                    };
                    CheckQuotation(rules, v6, datagram.Make(ends.Turned()), answer.Make(ends));
                }

                Check(rules, Fragment());
                Check(rules, TestFrames.Ipv4("198.18.0.1", "203.0.113.9", TestTransport.Icmp(13, 0, (uint)_random.Next(), new byte[12])));
                Check(rules, TestFrames.Ipv4("203.0.113.9", "198.18.0.1", TestTransport.Icmp(14, 0, (uint)_random.Next(), new byte[12])));
            }
        }

        Assert.InRange(buckets.Count, 500, 4096);
    }

    /// <summary>Of frames that have keys; by the tuple, of all.</summary>
    private ushort Check(SteeringRules rules, byte[] bytes)
    {
        Frame frame = Steered(rules, bytes);
        PacketFacts facts = PacketFacts.Read(frame, RuleDirection.In, port: 0);
        ref FrameInfo info = ref frame.Info;
        bool hasPorts = (info.Traits & FrameTraits.Ports) != 0 && (info.Traits & FrameTraits.Fragment) == 0;
        var tuple = new SteeringTuple(
            facts.View.IsV6, info.Protocol, facts.View.Source, facts.View.Destination, info.SourcePort, info.DestinationPort, hasPorts);
        Assert.Equal(info.Hash, rules.HashOf(tuple));
        Assert.Equal(info.Bucket, rules.BucketOf(tuple));
        if (facts.Kind == PacketKind.Flow)
        {
            Assert.Equal(info.Bucket, ArrivalBucket.Of(rules, facts.Key, facts.IsReply));
            if (!facts.IsMessage) Assert.Equal(info.Bucket, ArrivalBucket.Of(rules, facts.Key, !facts.IsReply));
        }

        ushort bucket = info.Bucket;
        _rig.Take(frame);
        return bucket;
    }

    /// <summary>An error about a frame is brought to where that frame's answers arrive.</summary>
    private void CheckQuotation(SteeringRules rules, bool v6, byte[] quoted, byte[] answer)
    {
        byte[] datagram = quoted.AsSpan(14).ToArray();
        byte[] error = v6
            ? TestFrames.Ipv6("2001:db8::99", "2001:db8::1", TestTransport.Icmpv6(1, 4, 0, datagram))
            : TestFrames.Ipv4("198.51.100.99", "203.0.113.2", TestTransport.Icmp(3, 3, 0, datagram));
        Frame frame = _rig.Parsed(error);
        if (QuotedDatagram.TryRead(frame.Transport, v6, out QuotedDatagram read))
        {
            Frame steered = Steered(rules, answer);
            Assert.Equal(steered.Info.Bucket, ArrivalBucket.OfAnswersTo(rules, read));
            _rig.Take(steered);
        }

        _rig.Take(frame);
    }

    private Frame Steered(SteeringRules rules, byte[] bytes)
    {
        Frame frame = _rig.Parsed(bytes);
        var batch = new FrameBatch();
        Assert.True(batch.TryAdd(frame));
        new SteerStage(0, rules).Process(batch, new StageContext(default, 0, new WorkerCounters(1), null!, null!, null));
        return frame;
    }

    private byte[] Fragment()
    {
        int offset = _random.Next(2) * 64;
        TestTransport udp = TestTransport.Udp((ushort)_random.Next(1 << 16), 53, new byte[64]);
        return TestFrames.Ipv4("198.18.0.1", "203.0.113.9", udp, ip => ip with { FragmentOffsetBytes = offset, MoreFragments = true });
    }

    /// <summary>Now and then with one address for both, so that ports settle the order.</summary>
    private FrameEndpoints Ends(bool v6, bool isQuery)
    {
        FrameEndpoints ends = TestFlow.Random(_random, v6, isQuery);
        return _random.Next(8) == 0 ? ends with { Destination = ends.Source } : ends;
    }
}
