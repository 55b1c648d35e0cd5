using Appliance.Node.Tests.Firewall;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>A capture recorded without translation goes through one: answers come to the endpoints that the appliance has chosen.</summary>
public sealed class FollowNatTests
{
    private const string Wan = "203.0.113.2";
    private const string Home = Boxes.Edge + Boxes.Ruleset + """
        nat on wan inet from 192.168.0.0/16 to any -> (wan)
        nat on wan inet6 from 2001:db8:1::/64 to any -> 2001:db8:2::2
        rdr on lan inet proto udp from any to 192.168.1.1 port 53 -> 198.51.100.7
        block all
        pass in on lan
        pass out on wan inet from (wan)
        pass out on wan inet6 from (wan)
        pass out on lan

        """;

    private static readonly ReplayOptions Follow = new(FollowsNat: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Answers_reach_who_asked_as_they_were_recorded(int vcpus)
    {
        (byte[] Asked, byte[] Answered)[] flows =
        [
            (TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 8)),
                TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 80))),
            (TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.EchoRequest(7)),
                TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.EchoReply(7))),
            (TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8)),
                TestFrames.Ipv6(Boxes.OutsideV6, Boxes.LanHostV6, TestTransport.Udp(53, 5000, 80))),
            (Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Syn, 1000),
                Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001)),
        ];
        foreach ((byte[] asked, byte[] answered) in flows)
        {
            // All within one burst: an answer waits for what becomes of its question.
            Replayed replayed = Run(Home, vcpus, Follow, ("lan", Capture((0, asked))), ("wan", Capture((10_000, answered))));
            Ends left = Ends.Of(Assert.Single(replayed.FramesOf("wan")));
            Assert.Contains(left.Source, (string[])[Wan, "2001:db8:2::2"]);
            Assert.NotEqual(Ends.Of(asked).SourcePort, left.SourcePort);
            Assert.Equal(Ends.Of(answered), Ends.Of(Assert.Single(replayed.FramesOf("lan"))));
        }
    }

    [Fact]
    public void Without_following_them_they_are_blocked()
    {
        byte[] asked = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 8));
        byte[] answered = TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 80));
        Replayed replayed = Run(Home, 1, ("lan", Capture((0, asked))), ("wan", Capture((10_000, answered))));
        Assert.Equal(1, replayed.DroppedAs("block"));
    }

    [Fact]
    public void An_answer_of_a_redirected_flow_comes_from_where_the_flow_was_led_to()
    {
        byte[] asked = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Udp(5000, 53, 8));
        byte[] answered = TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, TestTransport.Udp(53, 5000, 80));
        Replayed replayed = Run(Home, 1, Follow, ("lan,wan", Capture((0, asked), (1_000_000, answered))));
        Assert.Equal(Boxes.Outside, Ends.Of(Assert.Single(replayed.FramesOf("wan"))).Destination);
        Assert.Equal(Ends.Of(answered), Ends.Of(Assert.Single(replayed.FramesOf("lan"))));
        Assert.Equal(1, replayed.Accounts.Ports[1].FramesIn);                                       // it came by wan, not from ourselves
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_about_a_flow_reaches_who_caused_it_and_quotes_what_he_sent(int vcpus)
    {
        byte[] asked = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 33_434, 20));
        byte[] error = TestFrames.Ipv4("203.0.113.1", Boxes.LanHost, TestTransport.Icmp(11, 0, 0, asked.AsSpan(14, 28).ToArray()));
        Replayed replayed = Run(Home, vcpus, Follow, ("lan", Capture((0, asked))), ("wan", Capture((10_000, error))));
        byte[] heard = Assert.Single(replayed.FramesOf("lan"));
        Assert.Equal(("203.0.113.1", Boxes.LanHost), (Ends.Of(heard).Source, Ends.Of(heard).Destination));
        Assert.Equal(Ends.Of(asked), Ends.Quoted(heard));
    }

    [Fact]
    public void Fragments_of_an_answer_go_where_the_first_goes()
    {
        byte[] asked = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 8));
        byte[] whole = TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 64));
        byte[][] fragments =
        [
            Fragment(whole, offset: 0, bytes: 40, more: true), Fragment(whole, offset: 40, bytes: 32, more: false),
        ];
        const string Open = Boxes.Edge + Boxes.Ruleset + "nat on wan inet from 192.168.1.0/24 to any -> (wan)\npass all\n";
        (string, byte[])[] inputs = [("lan", Capture((0, asked))), ("wan", Capture((100_000, fragments[0]), (100_001, fragments[1])))];
        Assert.Equal(2, Run(Open, 1, new ReplayOptions(), inputs).FramesOf("lan").Length);          // as recorded they are the host's
        Assert.Equal(2, Run(Open, 1, Follow, inputs).Accounts.Consumed);                            // and now ours: nobody reassembles
    }

    [Fact]
    public void A_host_behind_a_tag_is_followed_too()
    {
        const string Tagged = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
              wan: {backend: pcap, addresses: [203.0.113.2/24]}
            routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]

            """ + Boxes.Ruleset + "nat on wan inet from 192.168.0.0/16 to any -> (wan)\nblock in on wan\npass out on wan\n";
        byte[] asked = TestFrames.Tagged(TestFrames.Ipv4("192.168.20.9", Boxes.Outside, TestTransport.Udp(5000, 53, 8)), 20);
        byte[] answered = TestFrames.Ipv4(Boxes.Outside, "192.168.20.9", TestTransport.Udp(53, 5000, 80));
        Replayed replayed = Run(Tagged, 2, Follow, ("lan,wan", Capture((0, asked), (1_000_000, answered))));
        Assert.Equal(Wan, Ends.Of(Assert.Single(replayed.FramesOf("wan"))).Source);
        byte[] back = Assert.Single(replayed.FramesOf("lan"));
        Assert.Equal("192.168.20.9", Ends.OfDatagram(back.AsSpan(18)).Destination);
    }

    [Fact]
    public void Where_nothing_is_translated_it_changes_nothing()
    {
        (string, byte[])[] inputs =
        [
            ("lan,wan", Capture(Enumerable.Range(0, 200).Select(i => (i * 7_000L, i % 2 == 0
                ? TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)(1000 + (i / 2)), 53, i))
                : TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, (ushort)(1000 + (i / 2)), i)))))),
        ];
        Replayed plain = Run(Boxes.Edge, 2, new ReplayOptions(), inputs), followed = Run(Boxes.Edge, 2, Follow, inputs);
        Assert.Equal(plain.Json, followed.Json);
        Assert.Equal(plain.Multiset(), followed.Multiset());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Where_states_are_kept_no_answer_overtakes_its_question_however_short_the_time_between(int vcpus)
    {
        byte[] syn = Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Syn, 1000);
        byte[] accepted = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        byte[] acknowledged = Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001);
        byte[] data = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 9001, 1001, payload: 100);
        byte[] heard = Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9101);
        const string Gate = Boxes.Edge + Boxes.Ruleset + "block all\npass in on lan\npass out on wan\n";
        Replayed replayed = Run(Gate, vcpus,
            ("lan", Capture((0, syn), (2, acknowledged), (4, heard))), ("wan", Capture((1, accepted), (3, data))));
        Assert.Equal((0L, 3, 2), (replayed.Accounts.Dropped, replayed.FramesOf("wan").Length, replayed.FramesOf("lan").Length));
    }

    [Fact]
    public void What_is_known_of_flows_has_a_bound()
    {
        var recent = new RecentEntries<int, int>(100);
        for (int i = 0; i < 1000; i++)
        {
            recent.Set(i, i);
            Assert.True(recent.TryGet(0, out int first) && first == 0, "what is asked for is not forgotten");
            Assert.InRange(recent.Count, 1, 100);
        }

        Assert.True(recent.TryGet(999, out _) && recent.TryGet(960, out _));
        Assert.False(recent.TryGet(500, out _));
        recent.Remove(999);
        Assert.False(recent.TryGet(999, out _));
    }

    /// <summary>A piece of a datagram's payload behind its header, offsets in bytes.</summary>
    private static byte[] Fragment(byte[] whole, int offset, int bytes, bool more)
    {
        byte[] piece = [.. whole.AsSpan(0, 34), .. whole.AsSpan(34 + offset, bytes)];
        int flags = (more ? 0x2000 : 0) | (offset / 8), length = 20 + bytes;
        piece = TestFrames.WithIpv4(piece, 2, (byte)(length >> 8), (byte)length);
        return TestFrames.WithIpv4(piece, 6, (byte)(flags >> 8), (byte)flags);
    }
}
