using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>ICMP errors, byte for byte: who sends them, what they say, how much they quote.</summary>
public sealed class ErrorReplyTests
{
    private const string Narrow = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, 192.168.1.2/24, "2001:db8:1::1/64", "2001:db8:1::2/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: 1300}
        routes:
          - {to: 198.51.100.0/24, via: 203.0.113.1}
          - {to: "2001:db8:ffff::/48", via: "2001:db8:2::1"}

        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Time_exceeded_in_Ipv4(int hops)
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 3), ip => ip with { TimeToLive = (byte)hops });
        Assert.Equal(Error("192.168.1.1", 11, 0, 0, cause), box.Send("lan", cause).RefusedWith("hop-limit", "lan"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Time_exceeded_in_Ipv6(int hops)
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv6(
            Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 3), ip => ip with { HopLimit = (byte)hops });
        Assert.Equal(ErrorV6("2001:db8:1::1", 3, 0, 0, cause), box.Send("lan", cause).RefusedWith("hop-limit", "lan"));
    }

    [Fact]
    public void No_route_is_network_unreachable_in_Ipv4()
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv4(Boxes.LanHost, "100.64.0.1", TestTransport.Tcp(1, 2));
        Assert.Equal(Error("192.168.1.1", 3, 0, 0, cause), box.Send("lan", cause).RefusedWith("no-route", "lan"));
    }

    [Fact]
    public void No_route_is_no_route_in_Ipv6()
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:eeee::1", TestTransport.Tcp(1, 2));
        Assert.Equal(ErrorV6("2001:db8:1::1", 1, 0, 0, cause), box.Send("lan", cause).RefusedWith("no-route", "lan"));
    }

    [Theory]
    [InlineData(1300, true)]
    [InlineData(1301, false)]
    [InlineData(1500, false)]
    public void Too_big_for_the_next_link_with_DF_tells_the_mtu(int length, bool fits)
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv4(
            Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, length - 28), ip => ip with { DontFragment = true });
        Seen seen = box.Send("lan", cause);
        if (fits) seen.Forwarded("wan");
        else Assert.Equal(Error("192.168.1.1", 3, 4, 1300, cause), seen.RefusedWith("mtu", "lan"));
    }

    [Theory]
    [InlineData(1300, true)]
    [InlineData(1301, false)]
    [InlineData(9000, false)]
    public void Too_big_for_the_next_link_in_Ipv6_tells_the_mtu(int length, bool fits)
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, length - 48));
        Seen seen = box.Send("lan", cause);
        if (fits) seen.Forwarded("wan");
        else Assert.Equal(ErrorV6("2001:db8:1::1", 2, 0, 1300, cause), seen.RefusedWith("mtu", "lan"));
    }

    [Fact]
    public void The_quote_fills_576_bytes_and_no_more()
    {
        using var box = new Box(Narrow);
        for (int payload = 500; payload <= 540; payload++)
        {
            byte[] cause = TestFrames.Ipv4(Boxes.LanHost, "100.64.0.1", TestTransport.Udp(1, 2, payload));
            byte[] error = box.Wait(1_000_000_000).Send("lan", cause).RefusedWith("no-route", "lan");
            Assert.Equal(14 + Math.Min(28 + 28 + payload, 576), error.Length);
            Assert.Equal(Error("192.168.1.1", 3, 0, 0, cause), error);
        }
    }

    [Fact]
    public void The_quote_fills_1280_bytes_in_Ipv6_and_no_more()
    {
        using var box = new Box(Narrow);
        for (int payload = 1170; payload <= 1200; payload++)
        {
            byte[] cause = TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:eeee::1", TestTransport.Udp(1, 2, payload));
            byte[] error = box.Wait(1_000_000_000).Send("lan", cause).RefusedWith("no-route", "lan");
            Assert.Equal(14 + Math.Min(48 + 48 + payload, 1280), error.Length);
            Assert.Equal(ErrorV6("2001:db8:1::1", 1, 0, 0, cause), error);
        }
    }

    [Fact]
    public void The_longest_datagrams_are_quoted_as_they_came()
    {
        using var box = new Box(Narrow);
        byte[] v4 = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 65_507), ip => ip with { DontFragment = true });
        Assert.Equal(Error("192.168.1.1", 3, 4, 1300, v4), box.Send("lan", v4).RefusedWith("mtu", "lan"));
        byte[] v6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 65_495));
        Assert.Equal(ErrorV6("2001:db8:1::1", 2, 0, 1300, v6), box.Send("lan", v6).RefusedWith("mtu", "lan"));
    }

    [Fact]
    public void Options_and_extension_headers_are_quoted_and_padding_is_not()
    {
        using var box = new Box(Narrow);
        byte[] options = TestFrames.Ipv4(Boxes.LanHost, "100.64.0.1", TestTransport.Udp(1, 2), edit: null, 0x94, 4, 0, 0);
        Assert.Equal(Error("192.168.1.1", 3, 0, 0, options), box.Send("lan", TestFrames.Padded(options)).RefusedWith("no-route", "lan"));
        byte[] chain = TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:eeee::1", TestTransport.Udp(1, 2), edit: null, TestExtension.HopByHop,
                TestExtension.DestinationOptions());
        Assert.Equal(
            ErrorV6("2001:db8:1::1", 1, 0, 0, chain), box.Send("lan", TestFrames.Padded(chain, 200)).RefusedWith("no-route", "lan"));
    }

    [Fact]
    public void A_bad_transport_checksum_is_quoted_as_it_came()
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv4(Boxes.LanHost, "100.64.0.1", TestTransport.Udp(1, 2, 3));
        cause[^1] ^= 0xff;
        Assert.Equal(Error("192.168.1.1", 3, 0, 0, cause), box.Send("lan", cause).RefusedWith("no-route", "lan"));
    }

    [Fact]
    public void A_port_without_address_of_the_family_borrows_the_first_that_has_one()
    {
        using var box = new Box("""
            ports:
              six: {backend: pcap, addresses: ["2001:db8:6::1/64"]}
              bare: {backend: pcap}
              four: {backend: pcap, addresses: [192.168.4.1/24]}
              both: {backend: pcap, addresses: [192.168.5.1/24, "2001:db8:5::1/64"]}

            """);
        byte[] v4 = TestFrames.Ipv4("192.168.4.9", "100.64.0.1", TestTransport.Udp(1, 2));
        byte[] v6 = TestFrames.Ipv6("2001:db8:6::9", "2001:db8:eeee::1", TestTransport.Udp(1, 2));
        Assert.Equal(Error("192.168.4.1", 3, 0, 0, v4, "192.168.4.9", 3), box.Send("six", v4).RefusedWith("no-route", "four"));
        Assert.Equal(Error("192.168.4.1", 3, 0, 0, v4, "192.168.4.9", 3), box.Send("bare", v4).RefusedWith("no-route", "four"));
        Assert.Equal(Error("192.168.5.1", 3, 0, 0, v4, "192.168.4.9", 3), box.Send("both", v4).RefusedWith("no-route", "four"));
        Assert.Equal(ErrorV6("2001:db8:6::1", 1, 0, 0, v6, "2001:db8:6::9", 1), box.Send("four", v6).RefusedWith("no-route", "six"));
        Assert.Equal(ErrorV6("2001:db8:5::1", 1, 0, 0, v6, "2001:db8:6::9", 1), box.Send("both", v6).RefusedWith("no-route", "six"));
    }

    [Fact]
    public void An_appliance_without_address_of_the_family_says_nothing()
    {
        using var box = new Box(
            "ports: {a: {backend: pcap, addresses: [192.168.4.1/24]}, b: {backend: pcap, addresses: [192.168.5.1/24]}}\n");
        box.Send("a", TestFrames.Ipv6("2001:db8:6::9", "2001:db8:eeee::1", TestTransport.Udp(1, 2))).MustBeDropped("no-route");
        box.Send("a", TestFrames.Ipv4("192.168.4.9", "100.64.0.1", TestTransport.Udp(1, 2))).RefusedWith("no-route", "a");
    }

    [Fact]
    public void A_sub_port_answers_from_its_own_address_and_with_its_tag()
    {
        using var box = new Box("""
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}

            """);
        byte[] cause = TestFrames.Ipv4("192.168.20.9", "100.64.0.1", TestTransport.Udp(1, 2));
        byte[] expected = TestFrames.Tagged(Error("192.168.20.1", 3, 0, 0, cause, "192.168.20.9", 1), 20);
        Assert.Equal(expected, box.Send("lan", TestFrames.Tagged(cause, 20)).RefusedWith("no-route", "lan"));
    }

    [Fact]
    public void The_error_is_routed_like_any_datagram()
    {
        using var box = new Box(Narrow);
        byte[] cause = TestFrames.Ipv4(Boxes.Outside, "198.51.100.9", TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 1 });
        byte[] error = box.Send("lan", cause).RefusedWith("hop-limit", "wan");
        Assert.Equal(Error("192.168.1.1", 11, 0, 0, cause, Boxes.Outside, 2, neighbour: "203.0.113.1"), error);
    }

    [Fact]
    public void An_error_without_a_route_is_dropped_and_causes_none()
    {
        using var box = new Box(Narrow);
        Seen seen = box.Send("wan", TestFrames.Ipv4("100.64.0.1", "100.64.0.2", TestTransport.Udp(1, 2)));
        Assert.Equal((2, 2, 1, 0), (seen.Dropped, seen.DroppedAs("no-route"), seen.Generated, seen.Left.Count));
        Seen v6 = box.Send("wan", TestFrames.Ipv6("2001:db8:eeee::1", "2001:db8:eeee::2", TestTransport.Udp(1, 2)));
        Assert.Equal((2, 2, 1, 0), (v6.Dropped, v6.DroppedAs("no-route"), v6.Generated, v6.Left.Count));
    }

    private static byte[] Error(
        string source, byte type, byte code, uint word, byte[] cause, string to = Boxes.LanHost, int port = 1, string? neighbour = null)
    {
        byte[] quote = ForwardingTwin.DatagramOf(cause);
        byte[] error = TestFrames.Ipv4(source, to, TestTransport.Icmp(type, code, word, quote[..Math.Min(quote.Length, 548)]), ip => ip with
        {
            DontFragment = true,
        });
        return TestFrames.WithMacs(error, Boxes.InventedFor(neighbour ?? to), new MacAddress(0x0201_0000_0000UL | (uint)port));
    }

    private static byte[] ErrorV6(string source, byte type, byte code, uint word, byte[] cause, string to = Boxes.LanHostV6, int port = 1)
    {
        byte[] quote = ForwardingTwin.DatagramOf(cause);
        byte[] error = TestFrames.Ipv6(source, to, TestTransport.Icmpv6(type, code, word, quote[..Math.Min(quote.Length, 1232)]));
        return TestFrames.WithMacs(error, Boxes.InventedFor(to), new MacAddress(0x0201_0000_0000UL | (uint)port));
    }
}
