using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// <c>endpoint-independent</c>: "The NAT reuses the port mapping for subsequent packets sent from the same internal IP address and port
/// to any external IP address and port" (RFC 4787 §4.1, REQ-1).
/// </summary>
public sealed class EndpointIndependentTests
{
    private const long Second = 1_000_000_000;
    private const string Wan = "203.0.113.2", Filter = "block in on wan\npass out on wan\npass on lan\n";
    private const string Head = Boxes.Edge + Boxes.Ruleset;
    private const string Home = Head + "nat on wan inet from 192.168.1.0/24 to any -> (wan) endpoint-independent\n" + Filter;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_source_has_one_port_towards_all_and_every_answer_finds_it(int vcpus)
    {
        using var box = new Box(Home, vcpus);
        int port = Out(box, Boxes.LanHost, 5000, "198.51.100.1", 1).SourcePort;
        Assert.InRange(port, 50_001, 65_535);
        for (int i = 1; i <= 60; i++)
        {
            string there = $"198.51.100.{i}";
            Assert.Equal(new Ends(Wan, port, there, i), Out(box, Boxes.LanHost, 5000, there, (ushort)i));
            byte[] answer = box.Send("wan", Udp(there, (ushort)i, Wan, (ushort)port)).Forwarded("lan");
            Assert.Equal(new Ends(there, i, Boxes.LanHost, 5000), Ends.Of(answer));
        }

        box.Send("wan", Udp("198.51.100.99", 1, Wan, (ushort)port)).MustBeDropped("block");       // mapping is not filtering
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void No_two_sources_share_a_port_and_what_comes_free_is_used_again(int vcpus)
    {
        using var box = new Box(
            Head + "nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000:60019 endpoint-independent\n" + Filter, vcpus);
        HashSet<int> ports = [];
        for (int host = 0; host < 20; host++)
        {
            for (ushort to = 1; to <= 5; to++) ports.Add(Out(box, $"192.168.1.{10 + host}", 7, Boxes.Outside, to).SourcePort);
            Assert.Equal(host + 1, ports.Count);
        }

        box.Send("lan", Udp("192.168.1.99", 7, Boxes.Outside, 1)).MustBeDropped("nat-exhausted");
        box.Send("lan", Udp("192.168.1.99", 7, "198.51.100.200", 9)).MustBeDropped("nat-exhausted");
        box.Wait(50 * Second);
        Out(box, "192.168.1.10", 7, Boxes.Outside, 1);
        box.Wait(20 * Second).Node.StepUntilIdle(box.Now);
        HashSet<int> again = [];
        for (int host = 0; host < 19; host++) again.Add(Out(box, $"192.168.1.{100 + host}", 7, Boxes.Outside, 1).SourcePort);
        Assert.Equal(19, again.Count);
        Assert.Contains(Out(box, "192.168.1.10", 7, Boxes.Outside, 2).SourcePort, ports.Except(again));
    }

    [Fact]
    public void Tcp_chooses_its_ports_as_ever()
    {
        using var box = new Box(Home, vcpus: 2);
        HashSet<int> ports = [];
        for (ushort to = 1; to <= 20; to++)
            ports.Add(Ends.Of(box.Send("lan", Tcp(Boxes.LanHost, 5000, Boxes.Outside, to, Flags.Syn, 1)).Forwarded("wan")).SourcePort);
        Assert.InRange(ports.Count, 2, 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_mapping_outlives_its_ruleset_while_the_next_one_could_have_made_it(int vcpus)
    {
        using var box = new Box(Home, vcpus);
        int port = Out(box, Boxes.LanHost, 5000, Boxes.Outside, 1).SourcePort;
        StateLimitTests.Reload(box, Home + "pass in on wan proto tcp\n");
        Assert.Equal(port, Out(box, Boxes.LanHost, 5000, Boxes.Outside, 2).SourcePort);
        StateLimitTests.Reload(box, Home.Replace("(wan) endp", "203.0.113.77 endp", StringComparison.Ordinal));
        Assert.Equal("203.0.113.77", Out(box, Boxes.LanHost, 5000, Boxes.Outside, 3).Source);
        Assert.Equal(new Ends(Wan, port, Boxes.Outside, 1), Out(box, Boxes.LanHost, 5000, Boxes.Outside, 1));
    }

    [Fact]
    public void Flows_that_do_not_keep_their_port_keep_off_those_that_do()
    {
        using var box = new Box(Head + """
            nat on wan inet from 192.168.1.10 to any -> (wan) port 60000:60001 endpoint-independent
            nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000:60001

            """ + Filter, vcpus: 2);
        int mapped = Out(box, "192.168.1.10", 1, Boxes.Outside, 1).SourcePort;
        Assert.NotEqual(mapped, Out(box, "192.168.1.11", 1, "198.51.100.200", 2).SourcePort);
        box.Send("lan", Udp("192.168.1.12", 1, "198.51.100.200", 2)).MustBeDropped("nat-exhausted");
        Assert.Equal(mapped, Out(box, "192.168.1.10", 1, "198.51.100.200", 2).SourcePort);
    }

    [Fact]
    public void A_flow_that_is_refused_leaves_no_mapping_behind()
    {
        using var box = new Box(Head + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan) port 60000 endpoint-independent
            block in on wan
            pass on lan
            pass out on wan
            block out on wan inet proto udp to port 53

            """, vcpus: 2);
        box.Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 53)).MustBeDropped("block");
        Assert.Equal(60_000, Out(box, "192.168.1.11", 1, Boxes.Outside, 54).SourcePort);
        box.Send("lan", Udp("192.168.1.11", 1, Boxes.Outside, 53)).MustBeDropped("block");
        Assert.Equal(60_000, Out(box, "192.168.1.11", 1, Boxes.Outside, 55).SourcePort);
    }

    [Fact]
    public void A_source_that_is_translated_to_itself_takes_nothing()
    {
        using var box = new Box(Head + """
            nat on wan inet from any to any -> { 203.0.113.2 192.168.1.10 } static-port
            pass all

            """);
        for (int i = 0; i < 4; i++)
        {
            box.Send("lan", Udp(Boxes.LanHost, 1, Boxes.Outside, 1)).Forwarded("wan");
            box.Wait(100 * Second).Node.StepUntilIdle(box.Now);
        }
    }

    private static Ends Out(Box box, string from, ushort port, string to, ushort toPort) =>
        Ends.Of(box.Send("lan", Udp(from, port, to, toPort)).Forwarded("wan"));
}
