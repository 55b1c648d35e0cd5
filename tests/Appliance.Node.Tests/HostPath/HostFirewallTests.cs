using Appliance.Firewall;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.HostPath;

/// <summary>The host's frames and the ruleset, on one worker and on several: wherever the host hands them over.</summary>
public sealed class HostFirewallTests
{
    [Fact]
    public void What_the_ruleset_does_not_let_in_the_host_does_not_see()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + "block all\npass in on lan proto tcp to port 22\n");
        var lan = new HostEnd(box, "lan");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Tcp(40_000, 23))).MustBeDropped("block");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Tcp(40_000, 22))).MustBeConsumed();
        Assert.Single(lan.Take());
    }

    [Theory]
    [InlineData("block all", 134, false)]
    [InlineData("block all\npass in on wan inet6 proto icmp6 icmp6-type routeradv", 134, true)]
    [InlineData("block all\npass in on wan inet6 proto icmp6 icmp6-type routeradv", 133, false)]
    [InlineData("block all\npass in on wan inet6 proto icmp6 icmp6-type { routeradv routersol }", 133, true)]
    [InlineData("pass", 134, true)]
    public void What_routers_say_and_who_asks_them_reach_the_host_as_far_as_the_ruleset_lets_them_in(string rules, byte type, bool isIn)
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + rules + "\n");
        var wan = new HostEnd(box, "wan");
        byte[] frame = FromRouter(type, "fe80::9");
        if (isIn) box.Send("wan", frame).MustBeConsumed();
        else box.Send("wan", frame).MustBeDropped("block");
        Assert.Equal(isIn ? [frame] : [], wan.Take());
    }

    [Fact]
    public void Who_has_no_address_yet_may_ask_for_routers_and_say_nothing_else()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge);
        var wan = new HostEnd(box, "wan");
        box.Send("wan", FromRouter(133, "::")).MustBeConsumed();
        Assert.Single(wan.Take());
        box.Send("wan", FromRouter(134, "::")).MustBeDropped("martian");
        using var without = new Box(Boxes.Edge);
        without.Send("wan", FromRouter(133, "::")).MustBeConsumed();     // by who speaks with neighbours
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_answer_of_the_host_leaves_by_the_state_of_its_question_and_nothing_else_does(int vcpus)
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + "block all\npass in on lan proto tcp to port 22\n", vcpus);
        var lan = new HostEnd(box, "lan");
        for (int i = 0; i < 64; i++)
        {
            ushort port = (ushort)(40_000 + i);
            box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Tcp(port, 22))).MustBeConsumed();
            Assert.Single(lan.Take());
            byte[] answer = TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, SynAck(22, port));
            Assert.Single(lan.Send(i % vcpus, answer).LeftBy("lan"));
            Seen other = lan.Send(i % vcpus, TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, SynAck(23, port)));
            Assert.Empty(other.Left);
            Assert.Equal(1, other.DroppedAs("block"));
        }
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(4, "")]
    [InlineData(1, "vrss: {key: microsoft}\n")]
    [InlineData(4, "vrss: {key: microsoft}\n")]
    public void An_answer_of_the_host_finds_the_state_of_a_redirected_question(int vcpus, string steering)
    {
        const string Rules = """
            rdr on wan inet proto tcp from any to 203.0.113.2 port 2222 -> 203.0.113.2 port 22
            block all
            pass in on wan proto tcp to port 22

            """;
        using Box box = HostEnd.BoxFor(Boxes.Edge + steering + Boxes.Ruleset + Rules, vcpus);
        var wan = new HostEnd(box, "wan");
        for (int i = 0; i < 64; i++)
        {
            ushort port = (ushort)(40_000 + i);
            box.Send("wan", TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Tcp(port, 2222))).MustBeConsumed();
            byte[] question = Assert.Single(wan.Take());
            Assert.True(TcpView.TryParse(question.AsSpan(34), out TcpView tcp));
            Assert.Equal(22, tcp.DestinationPort);
            Seen seen = wan.Send(i % vcpus, TestFrames.Ipv4("203.0.113.2", Boxes.Outside, SynAck(22, port)));
            byte[] answer = Assert.Single(seen.LeftBy("wan"));
            Assert.True(TcpView.TryParse(answer.AsSpan(34), out TcpView back));
            Assert.Equal(2222, back.SourcePort);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_host_goes_out_through_the_translation_and_its_answers_come_back(int vcpus)
    {
        const string Rules = "nat on wan inet from 192.168.1.1 to any -> 203.0.113.2\nblock all\npass out on wan\n";
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + Rules, vcpus);
        var lan = new HostEnd(box, "lan");
        var wan = new HostEnd(box, "wan");
        for (int i = 0; i < 64; i++)
        {
            ushort port = (ushort)(50_000 + i);
            Seen seen = lan.Send(i % vcpus, TestFrames.Ipv4("192.168.1.1", Boxes.Outside, TestTransport.Udp(port, 53, 10)));
            byte[] question = Assert.Single(seen.LeftBy("wan"));
            Assert.Equal(TestFrames.V4("203.0.113.2"), Ipv4Address.Read(question.AsSpan(26)));
            Assert.True(UdpView.TryParse(question.AsSpan(34), out UdpView udp));
            box.Send("wan", TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Udp(53, udp.SourcePort, 20))).MustBeConsumed();
            byte[] answer = Assert.Single(wan.Take());
            Assert.Equal(TestFrames.V4("192.168.1.1"), Ipv4Address.Read(answer.AsSpan(30)));
            Assert.True(UdpView.TryParse(answer.AsSpan(34), out UdpView back));
            Assert.Equal(port, back.DestinationPort);
        }
    }

    [Theory]
    [InlineData("udp", 64, 0)]
    [InlineData("tcp", 0, 64)]
    public void A_port_at_which_the_host_listens_is_nobodys_new_source(string listening, int refused, int translated)
    {
        const string Rules = "nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.2 port 5000:5063\npass\n";
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + Rules);
        ushort[] ports = [.. Enumerable.Range(5000, 64).Select(port => (ushort)port)];
        box.Node.HostPorts = listening == "udp" ? new ReservedPorts([], ports) : new ReservedPorts(ports, []);
        byte[][] questions = [.. Enumerable.Range(0, 64).Select(i =>
            TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)(40_000 + i), 53, 10)))];
        Seen seen = box.Send("lan", questions);
        Assert.Equal((refused, translated), (seen.DroppedAs("nat-exhausted"), seen.LeftBy("wan").Length));
        box.Node.HostPorts = new ReservedPorts([], ports[1..]);
        Seen one = box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "198.51.100.8", TestTransport.Udp(40_000, 53, 10)));
        if (refused > 0) Assert.Equal(5000, (one.LeftBy("wan")[0][34] << 8) | one.LeftBy("wan")[0][35]);
    }

    [Fact]
    public void A_program_of_the_host_keeps_its_own_port()
    {
        const string Rules = "nat on wan inet from any to any -> 203.0.113.2 static-port\npass\n";
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + Rules);
        var wan = new HostEnd(box, "wan");
        box.Node.HostPorts = new ReservedPorts([], [123]);
        Assert.Single(wan.Send(TestFrames.Ipv4("203.0.113.2", Boxes.Outside, TestTransport.Udp(123, 123, 48))).LeftBy("wan"));
        byte[] other = TestFrames.Ipv4(Boxes.LanHost, "198.51.100.8", TestTransport.Udp(123, 123, 48));
        Assert.Equal(1, box.Send("lan", other).DroppedAs("nat-exhausted"));
    }

    [Fact]
    public void What_the_host_may_not_send_is_blocked_in_silence()
    {
        using Box box = HostEnd.BoxFor(Boxes.Edge + Boxes.Ruleset + "block return all\n");
        var lan = new HostEnd(box, "lan");
        Seen seen = lan.Send(
            TestFrames.Ipv4("192.168.1.1", Boxes.Outside, TestTransport.Tcp(22, 40_000)),
            TestFrames.Ipv4("192.168.1.1", "224.0.0.5", TestTransport.Raw(IpProtocol.Ospf, new byte[44])));
        Assert.Empty(seen.Left);
        Assert.Equal((2, 2), (seen.Generated, seen.DroppedAs("block")));
        Assert.Empty(lan.Take());
    }

    private static byte[] FromRouter(byte type, string source) => TestFrames.WithMacs(
        TestFrames.Ipv6(
            source, type == 133 ? "ff02::2" : "ff02::1", TestTransport.Icmpv6(type, 0, 0, type == 133 ? [] : new byte[8]),
            ip => ip with { HopLimit = 255 }),
        new MacAddress(0x3333_0000_0000UL | (type == 133 ? 2UL : 1UL)), TestFrames.Host);

    private static TestTransport SynAck(ushort from, ushort to) => TestTransport.Tcp(
        new TcpFields
        {
            SourcePort = from,
            DestinationPort = to,
            SequenceNumber = 7000,
            AcknowledgmentNumber = 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Window = 1000,
        },
        []);
}
