using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Translation on the whole path: what leaves, what comes back, and that nobody else gets in by it.</summary>
public sealed class NatTests
{
    private const string Wan = "203.0.113.2", Server = "192.168.1.80";
    private const string Home = Boxes.Edge + Boxes.Ruleset + """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        block in on wan
        pass out on wan
        pass on lan

        """;

    private const string Forward = Boxes.Edge + Boxes.Ruleset + """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        nat on lan inet proto tcp from 192.168.1.0/24 to 192.168.1.80 port 80 -> (lan)
        rdr on { wan lan } inet proto tcp from any to 203.0.113.2 port 8080 -> 192.168.1.80 port 80
        block in on wan
        pass in on wan inet proto tcp to 192.168.1.80 port 80
        pass out on wan
        pass on lan

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_connection_from_within_gets_the_address_of_the_wan_and_a_port_of_pf(int vcpus)
    {
        using var box = new Box(Home, vcpus);
        for (ushort port = 40_000; port < 40_050; port++)
        {
            Ends out1 = Ends.Of(box.Send("lan", Tcp(Boxes.LanHost, port, Boxes.Outside, 443, TcpFlags.Syn, 1000)).Forwarded("wan"));
            Assert.Equal((Wan, Boxes.Outside, 443), (out1.Source, out1.Destination, out1.DestinationPort));
            Assert.InRange(out1.SourcePort, 50_001, 65_535);
            byte[] answer = Tcp(Boxes.Outside, 443, Wan, (ushort)out1.SourcePort, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
            Assert.Equal(new Ends(Boxes.Outside, 443, Boxes.LanHost, port), Ends.Of(box.Send("wan", answer).Forwarded("lan")));
            byte[] ack = Tcp(Boxes.LanHost, port, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001, payload: 100);
            Assert.Equal(out1, Ends.Of(box.Send("lan", ack).Forwarded("wan")));
        }

        Assert.Equal(100, box.Node.ReadAccounts().StatesCreated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Two_hosts_with_one_echo_identifier_get_their_own_answers(int vcpus)
    {
        using var box = new Box(Home, vcpus);
        Ends one = Ends.Of(box.Send("lan", Echo(Boxes.LanHost, 7)).Forwarded("wan"));
        Ends other = Ends.Of(box.Send("lan", Echo("192.168.1.11", 7)).Forwarded("wan"));
        Assert.Equal((Wan, Wan), (one.Source, other.Source));
        Assert.NotEqual(one.SourcePort, other.SourcePort);
        Assert.Equal(new Ends(Boxes.Outside, 7, Boxes.LanHost, 7), Ends.Of(box.Send("wan", EchoReply(one.SourcePort)).Forwarded("lan")));
        Assert.Equal(new Ends(Boxes.Outside, 7, "192.168.1.11", 7), Ends.Of(box.Send("wan", EchoReply(other.SourcePort)).Forwarded("lan")));
        box.Send("wan", EchoReply(7)).MustBeDropped("block");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_port_forward_leads_to_the_server_and_its_answers_come_from_the_forwarding_address(int vcpus)
    {
        using var box = new Box(Forward, vcpus);
        for (ushort port = 1000; port < 1050; port++)
        {
            byte[] syn = Tcp(Boxes.Outside, port, Wan, 8080, TcpFlags.Syn, 1000);
            Assert.Equal(new Ends(Boxes.Outside, port, Server, 80), Ends.Of(box.Send("wan", syn).Forwarded("lan")));
            byte[] answer = Tcp(Server, 80, Boxes.Outside, port, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
            Assert.Equal(new Ends(Wan, 8080, Boxes.Outside, port), Ends.Of(box.Send("lan", answer).Forwarded("wan")));
        }

        box.Send("wan", Tcp(Boxes.Outside, 1, Wan, 80, TcpFlags.Syn, 1000)).MustBeDropped("block");
        Assert.Equal(100, box.Node.ReadAccounts().StatesCreated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_host_within_reaches_the_forward_by_its_outer_address(int vcpus)
    {
        using var box = new Box(Forward, vcpus);
        byte[] syn = Tcp(Boxes.LanHost, 1000, Wan, 8080, TcpFlags.Syn, 1000);
        Ends there = Ends.Of(box.Send("lan", syn).Forwarded("lan"));
        Assert.Equal(("192.168.1.1", Server, 80), (there.Source, there.Destination, there.DestinationPort));
        byte[] answer = Tcp(Server, 80, "192.168.1.1", (ushort)there.SourcePort, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        Assert.Equal(new Ends(Wan, 8080, Boxes.LanHost, 1000), Ends.Of(box.Send("lan", answer).Forwarded("lan")));
    }

    [Theory]
    [InlineData("binat on wan inet from 192.168.1.80 to any -> 203.0.113.80")]
    [InlineData("match on wan inet from 192.168.1.80 to any binat-to 203.0.113.80")]
    public void One_address_stands_for_another_both_ways(string rule)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rule + "\npass all\n", vcpus: 4);
        byte[] syn = Tcp(Server, 1000, Boxes.Outside, 443, TcpFlags.Syn, 1000);
        Assert.Equal(new Ends("203.0.113.80", 1000, Boxes.Outside, 443), Ends.Of(box.Send("lan", syn).Forwarded("wan")));
        byte[] answer = Tcp(Boxes.Outside, 443, "203.0.113.80", 1000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        Assert.Equal(new Ends(Boxes.Outside, 443, Server, 1000), Ends.Of(box.Send("wan", answer).Forwarded("lan")));
        byte[] came = Tcp(Boxes.Outside, 5000, "203.0.113.80", 22, TcpFlags.Syn, 1000);
        Assert.Equal(new Ends(Boxes.Outside, 5000, Server, 22), Ends.Of(box.Send("wan", came).Forwarded("lan")));
        byte[] told = Tcp(Server, 22, Boxes.Outside, 5000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        Assert.Equal(new Ends("203.0.113.80", 22, Boxes.Outside, 5000), Ends.Of(box.Send("lan", told).Forwarded("wan")));
    }

    [Theory]
    [InlineData("match out on wan inet nat-to (wan)")]
    [InlineData("pass out on wan inet nat-to 203.0.113.2")]
    [InlineData("pass out on wan inet nat-to (wan) static-port")]
    public void The_new_way_to_say_it_does_the_same(string rule)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass all\n" + rule + "\n", vcpus: 2);
        Ends sent = Ends.Of(box.Send("lan", Udp(Boxes.LanHost, 5000, Boxes.Outside, 53)).Forwarded("wan"));
        Assert.Equal((Wan, Boxes.Outside, 53), (sent.Source, sent.Destination, sent.DestinationPort));
        if (rule.Contains("static")) Assert.Equal(5000, sent.SourcePort);
        byte[] answer = Udp(Boxes.Outside, 53, Wan, (ushort)sent.SourcePort);
        Assert.Equal(new Ends(Boxes.Outside, 53, Boxes.LanHost, 5000), Ends.Of(box.Send("wan", answer).Forwarded("lan")));
    }

    [Fact]
    public void IPv6_is_translated_alike()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + """
            nat on wan inet6 from 2001:db8:1::/64 to any -> 2001:db8:2::2
            pass all

            """, vcpus: 2);
        byte[] echo = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.EchoRequestV6(9));
        Ends sent = Ends.Of(box.Send("lan", echo).Forwarded("wan"));
        Assert.Equal(("2001:db8:2::2", Boxes.OutsideV6), (sent.Source, sent.Destination));
        byte[] reply = TestFrames.Ipv6(Boxes.OutsideV6, "2001:db8:2::2", TestTransport.EchoReplyV6((ushort)sent.SourcePort));
        Assert.Equal(new Ends(Boxes.OutsideV6, 9, Boxes.LanHostV6, 9), Ends.Of(box.Send("wan", reply).Forwarded("lan")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_from_outside_reaches_who_caused_it_and_quotes_what_he_sent(int vcpus)
    {
        using var box = new Box(Home, vcpus);
        for (ushort port = 5000; port < 5020; port++)
        {
            byte[] left = box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 53)).Forwarded("wan");
            byte[] error = TestFrames.Ipv4("198.51.100.99", Wan, TestTransport.Icmp(3, 1, 0, left.AsSpan(14, 28).ToArray()));
            byte[] told = box.Send("wan", error).Forwarded("lan");
            Assert.Equal(("198.51.100.99", Boxes.LanHost), (Ends.Of(told).Source, Ends.Of(told).Destination));
            Assert.Equal(new Ends(Boxes.LanHost, port, Boxes.Outside, 53), Ends.Quoted(told));
        }
    }

    [Fact]
    public void An_error_about_a_forwarded_connection_does_not_show_the_server()
    {
        using var box = new Box(Forward, vcpus: 4);
        byte[] syn = box.Send("wan", Tcp(Boxes.Outside, 1000, Wan, 8080, TcpFlags.Syn, 1000)).Forwarded("lan");
        byte[] error = TestFrames.Ipv4(Server, Boxes.Outside, TestTransport.Icmp(3, 3, 0, syn.AsSpan(14, 28).ToArray()));
        byte[] told = box.Send("lan", error).Forwarded("wan");
        Assert.Equal((Wan, Boxes.Outside), (Ends.Of(told).Source, Ends.Of(told).Destination));
        Assert.Equal(new Ends(Boxes.Outside, 1000, Wan, 8080), Ends.Quoted(told));
    }

    [Fact]
    public void What_is_too_long_for_the_wan_is_quoted_to_its_sender_as_he_sent_it()
    {
        using var box = new Box(Home.Replace("2001:db8:2::2/64\"]}", "2001:db8:2::2/64\"], mtu: 1280}", StringComparison.Ordinal));
        byte[] large = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 1400));
        large = TestFrames.WithIpv4(large, 6, 0x40, 0);
        byte[] told = box.Send("lan", large).RefusedWith("mtu", "lan");
        Assert.Equal(("192.168.1.1", Boxes.LanHost), (Ends.Of(told).Source, Ends.Of(told).Destination));
        Assert.Equal(new Ends(Boxes.LanHost, 5000, Boxes.Outside, 53), Ends.Quoted(told));
    }

    [Fact]
    public void When_no_port_is_left_flows_are_refused_and_ports_that_come_free_are_used_again()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000:60003
            pass all

            """, vcpus: 4);
        HashSet<int> ports = [];
        for (ushort port = 1; port <= 4; port++)
            ports.Add(Ends.Of(box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 53)).Forwarded("wan")).SourcePort);
        Assert.Equal([60_000, 60_001, 60_002, 60_003], ports.Order());
        box.Send("lan", Udp(Boxes.LanHost, 5, Boxes.Outside, 53)).MustBeDropped("nat-exhausted");
        Assert.Single(box.Send("lan", Udp(Boxes.LanHost, 5, "198.51.100.8", 53)).LeftBy("wan"));       // towards another there are all
        box.Wait(61_000_000_000).Node.StepUntilIdle(box.Now);
        box.Send("lan", Udp(Boxes.LanHost, 6, Boxes.Outside, 53)).Forwarded("wan");
    }

    [Fact]
    public void A_flow_that_is_refused_in_the_end_keeps_no_port()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000
            pass on lan
            pass out on wan
            block out on wan inet proto udp to port 53

            """);
        box.Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 53)).MustBeDropped("block");
        box.Node.Apply(Box.ModelOf(Boxes.Edge + Boxes.Ruleset + "nat on wan inet from any to any -> (wan) port 60000\npass all\n"));
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(60_000, Ends.Of(box.Send("lan", Udp(Boxes.LanHost, 2, Boxes.Outside, 53)).Forwarded("wan")).SourcePort);
    }

    [Fact]
    public void Rdr_pass_asks_the_filter_nothing_and_no_rdr_excepts()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + """
            no rdr on wan inet proto tcp from 198.51.100.66 to any
            rdr pass on wan inet proto tcp from any to 203.0.113.2 port 8080 -> 192.168.1.80 port 80
            block all
            pass out on lan

            """, vcpus: 2);
        Ends sent = Ends.Of(box.Send("wan", Tcp(Boxes.Outside, 1000, Wan, 8080, TcpFlags.Syn, 1)).Forwarded("lan"));
        Assert.Equal(new Ends(Boxes.Outside, 1000, Server, 80), sent);
        box.Send("wan", Tcp("198.51.100.66", 1000, Wan, 8080, TcpFlags.Syn, 1)).MustBeDropped("block");
    }

    [Fact]
    public void What_leaves_and_returns_is_the_same_on_one_vCPU_and_on_four()
    {
        string[] one = [.. Exchange(1)], four = [.. Exchange(4)];
        Assert.Equal(one, four);
    }

    private static IEnumerable<string> Exchange(int vcpus)
    {
        using var box = new Box(Forward, vcpus);
        var random = new Random(5);
        for (int i = 0; i < 400; i++)
        {
            string host = $"192.168.1.{random.Next(10, 40)}";
            byte[] first = random.Next(3) switch
            {
                0 => Udp(host, (ushort)random.Next(1, 65_536), Boxes.Outside, 53),
                1 => Tcp(host, (ushort)random.Next(1, 65_536), Boxes.Outside, 443, TcpFlags.Syn, 1),
                _ => Echo(host, (ushort)random.Next(20)),
            };
            Seen seen = box.Send("lan", first);
            foreach (byte[] left in seen.LeftBy("wan")) yield return $"{i} {Ends.Of(left)}";
        }
    }

    internal static byte[] Tcp(
        string from, ushort sourcePort, string to, ushort destinationPort, TcpFlags flags, uint sequence, uint acknowledgment = 0,
        int payload = 0) =>
        TestFrames.Ipv4(from, to, TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = sourcePort, DestinationPort = destinationPort, SequenceNumber = sequence,
                AcknowledgmentNumber = acknowledgment, Flags = flags, Window = 1000,
            },
            new byte[payload]));

    internal static byte[] Udp(string from, ushort sourcePort, string to, ushort destinationPort) =>
        TestFrames.Ipv4(from, to, TestTransport.Udp(sourcePort, destinationPort, 8));

    private static byte[] Echo(string from, ushort identifier) =>
        TestFrames.Ipv4(from, Boxes.Outside, TestTransport.EchoRequest(identifier));

    private static byte[] EchoReply(int identifier) =>
        TestFrames.Ipv4(Boxes.Outside, Wan, TestTransport.EchoReply((ushort)identifier));
}
