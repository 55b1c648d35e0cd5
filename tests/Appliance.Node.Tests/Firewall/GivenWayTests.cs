using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Two uplinks: rules say by which a connection leaves, and by which its answers do.</summary>
public sealed class GivenWayTests
{
    private const string Uplinks = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
          dsl: {backend: pcap, addresses: [198.18.0.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]

        """ + Boxes.Ruleset;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Route_to_sends_a_connection_out_by_the_other_uplink_and_translates_it_there(int vcpus)
    {
        using var box = new Box(Uplinks + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan)
            nat on dsl inet from 192.168.1.0/24 to any -> (dsl)
            block all
            pass out on { wan dsl }
            pass in on lan
            pass in on lan route-to (dsl 198.18.0.1) inet from 192.168.1.66 to any

            """, vcpus);
        for (ushort port = 1000; port < 1020; port++)
        {
            byte[] syn = NatTests.Tcp("192.168.1.66", port, Boxes.Outside, 443, TcpFlags.Syn, 1000);
            byte[] sent = box.Send("lan", syn).Forwarded("dsl");
            Assert.Equal("198.18.0.2", Ends.Of(sent).Source);
            Assert.Equal(Boxes.InventedFor("198.18.0.1"), MacAddress.Read(sent));
            byte[] answer = NatTests.Tcp(
                Boxes.Outside, 443, "198.18.0.2", (ushort)Ends.Of(sent).SourcePort, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
            Assert.Equal(new Ends(Boxes.Outside, 443, "192.168.1.66", port), Ends.Of(box.Send("dsl", answer).Forwarded("lan")));
            byte[] ack = NatTests.Tcp("192.168.1.66", port, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001, payload: 10);
            for (int i = 0; i < 3; i++) Assert.Equal(Ends.Of(sent), Ends.Of(box.Send("lan", ack).Forwarded("dsl")));
        }

        Assert.Equal("203.0.113.2", Ends.Of(box.Send("lan", NatTests.Udp("192.168.1.10", 1, Boxes.Outside, 53)).Forwarded("wan")).Source);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Reply_to_sends_answers_back_by_the_uplink_that_the_connection_came_in_by(int vcpus)
    {
        using var box = new Box(Uplinks + """
            rdr on { wan dsl } inet proto tcp from any to any port 80 -> 192.168.1.80
            block all
            pass out on lan
            pass in on dsl reply-to (dsl 198.18.0.1) inet proto tcp to 192.168.1.80 port 80
            pass in on wan inet proto tcp to 192.168.1.80 port 80

            """, vcpus);
        byte[] came = NatTests.Tcp(Boxes.Outside, 1000, "198.18.0.2", 80, TcpFlags.Syn, 1000);
        Assert.Equal("192.168.1.80", Ends.Of(box.Send("dsl", came).Forwarded("lan")).Destination);
        byte[] answer = NatTests.Tcp("192.168.1.80", 80, Boxes.Outside, 1000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        byte[] left = box.Send("lan", answer).Forwarded("dsl");
        Assert.Equal(new Ends("198.18.0.2", 80, Boxes.Outside, 1000), Ends.Of(left));
        Assert.Equal(Boxes.InventedFor("198.18.0.1"), MacAddress.Read(left));
        byte[] more = NatTests.Tcp("192.168.1.80", 80, Boxes.Outside, 1000, TcpFlags.Ack, 9001, 1001, payload: 0);
        byte[] ack = NatTests.Tcp(Boxes.Outside, 1000, "198.18.0.2", 80, TcpFlags.Ack, 1001, 9001);
        box.Send("dsl", ack).Forwarded("lan");
        for (int i = 0; i < 3; i++) box.Send("lan", more).Forwarded("dsl");
        box.Send("wan", NatTests.Tcp(Boxes.Outside, 2000, "203.0.113.2", 80, TcpFlags.Syn, 1000)).Forwarded("lan");
        answer = NatTests.Tcp("192.168.1.80", 80, Boxes.Outside, 2000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        Assert.Equal("203.0.113.2", Ends.Of(box.Send("lan", answer).Forwarded("wan")).Source);
    }

    /// <summary>They have no state, and each goes the way of its rule.</summary>
    [Fact]
    public void Route_to_sends_fragments_and_what_has_no_state_by_the_other_uplink()
    {
        using var box = new Box(Uplinks + "pass out\npass in on lan route-to (dsl 198.18.0.1) inet\n");
        byte[] whole = NatTests.Udp("192.168.1.66", 1, Boxes.Outside, 53);
        box.Send("lan", TestFrames.WithIpv4(whole, 6, 0x20)).Forwarded("dsl");
        box.Send("lan", TestFrames.WithIpv4(whole, 6, 0, 1)).Forwarded("dsl");
        byte[] about = NatTests.Udp(Boxes.Outside, 9, "192.168.1.66", 9);
        var error = TestTransport.Icmp(3, 3, 0, about.AsSpan(14, 28).ToArray());
        box.Send("lan", TestFrames.Ipv4("192.168.1.66", Boxes.Outside, error)).Forwarded("dsl");
        box.Send("lan", whole).Forwarded("dsl");
    }

    [Fact]
    public void Two_uplinks_share_connections_in_turns_and_a_connection_stays()
    {
        using var box = new Box(Uplinks + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan)
            nat on dsl inet from 192.168.1.0/24 to any -> (dsl)
            pass in on lan route-to { (wan 203.0.113.1), (dsl 198.18.0.1) } round-robin inet
            pass out all

            """);
        int byDsl = 0;
        for (ushort port = 1; port <= 20; port++)
        {
            Seen first = box.Send("lan", NatTests.Udp("192.168.1.10", port, Boxes.Outside, 53));
            string by = first.LeftBy("dsl").Length > 0 ? "dsl" : "wan";
            byDsl += by == "dsl" ? 1 : 0;
            for (int i = 0; i < 3; i++) box.Send("lan", NatTests.Udp("192.168.1.10", port, Boxes.Outside, 53)).Forwarded(by);
        }

        Assert.Equal(10, byDsl);
    }

    private const string Turns = Uplinks + """
        pass in on lan route-to { (wan 203.0.113.1), (dsl 198.18.0.1) } round-robin sticky-address inet proto udp
        """;

    [Fact]
    public void A_source_sticks_to_its_way_while_it_has_states()
    {
        using var box = new Box(Turns + "\npass out all no state\n");
        string by = WayOf(box, "192.168.1.10", 1);
        for (ushort port = 2; port <= 9; port++)
        {
            Assert.Equal(by, WayOf(box, "192.168.1.10", port));
            WayOf(box, "192.168.1.20", port);
        }
    }

    [Fact]
    public void Nobody_sticks_to_a_way_without_a_state()
    {
        using var box = new Box(Turns + " no state\npass out all no state\n");
        string first = WayOf(box, "192.168.1.10", 1);
        Assert.NotEqual(first, WayOf(box, "192.168.1.10", 1));
        Assert.Equal(first, WayOf(box, "192.168.1.10", 1));
    }

    [Fact]
    public void A_refused_connection_leaves_its_source_free_to_go_any_way()
    {
        const long Minutes = 60_000_000_000;
        using var box = new Box(Turns + " keep state (max 1)\npass out all no state\n");
        string first = WayOf(box, "192.168.1.10", 1);
        box.Send("lan", NatTests.Udp("192.168.1.20", 1, Boxes.Outside, 53)).MustBeDropped("state-limit");   // it would go the other way
        box.Wait(2 * Minutes).Node.StepUntilIdle(box.Now);
        Assert.Equal(first, WayOf(box, "192.168.1.20", 1));             // and it is the first one's turn again
    }

    private static string WayOf(Box box, string source, ushort port)
    {
        Seen seen = box.Send("lan", NatTests.Udp(source, port, Boxes.Outside, 53));
        return seen.LeftBy("dsl").Length > 0 ? "dsl" : seen.LeftBy("wan").Length > 0 ? "wan" : "none";
    }
}
