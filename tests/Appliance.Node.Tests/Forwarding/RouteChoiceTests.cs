using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

public sealed class RouteChoiceTests
{
    private const string Ways = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
          dmz: {backend: pcap, addresses: [172.16.0.1/31]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: 10.0.0.0/8, via: 203.0.113.8}
          - {to: 10.1.0.0/16, via: 172.16.0.0}
          - {to: 10.1.2.0/24, blackhole: true}
          - {to: 10.1.2.128/25, via: 203.0.113.25}
          - {to: 10.1.2.129/32, via: 203.0.113.32}
          - {to: "::/0", via: "2001:db8:2::1"}
          - {to: "2001:db8:a::/48", via: "2001:db8:2::48"}
          - {to: "2001:db8:a:1::/64", blackhole: true}
          - {to: "2001:db8:a:1::5/128", via: "2001:db8:2::128"}
        neighbors:
          - {port: wan, address: 203.0.113.8, mac: "06:00:00:00:00:08"}
          - {port: lan, address: 192.168.1.77, mac: "06:00:00:00:00:77"}
          - {port: lan, address: "2001:db8:1::77", mac: "06:00:00:00:06:77"}

        """;

    [Theory]
    [InlineData("9.255.255.255", "wan", "203.0.113.1")]
    [InlineData("10.0.0.0", "wan", "06:00:00:00:00:08")]
    [InlineData("10.255.255.255", "wan", "06:00:00:00:00:08")]
    [InlineData("11.0.0.0", "wan", "203.0.113.1")]
    [InlineData("10.1.0.0", "dmz", "172.16.0.0")]
    [InlineData("10.1.255.255", "dmz", "172.16.0.0")]
    [InlineData("10.1.2.128", "wan", "203.0.113.25")]
    [InlineData("10.1.2.129", "wan", "203.0.113.32")]
    [InlineData("10.1.2.130", "wan", "203.0.113.25")]
    [InlineData("10.1.3.0", "dmz", "172.16.0.0")]
    [InlineData("203.0.113.99", "wan", "203.0.113.99")]
    [InlineData("172.16.0.0", "dmz", "172.16.0.0")]
    [InlineData("192.168.1.77", "lan", "06:00:00:00:00:77")]
    public void The_longest_prefix_wins(string destination, string port, string neighbour) => MustLeave(
        TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(1, 2)), port, neighbour);

    [Theory]
    [InlineData("2001:db8:9:ffff:ffff:ffff:ffff:ffff", "wan", "2001:db8:2::1")]
    [InlineData("2001:db8:a::", "wan", "2001:db8:2::48")]
    [InlineData("2001:db8:a:1::5", "wan", "2001:db8:2::128")]
    [InlineData("2001:db8:a:2::", "wan", "2001:db8:2::48")]
    [InlineData("2001:db8:b::", "wan", "2001:db8:2::1")]
    [InlineData("2001:db8:1::1234:5678", "lan", "2001:db8:1::1234:5678")]
    [InlineData("2001:db8:1::77", "lan", "06:00:00:00:06:77")]
    public void The_longest_prefix_wins_in_Ipv6(string destination, string port, string neighbour) => MustLeave(
        TestFrames.Ipv6(Boxes.LanHostV6, destination, TestTransport.Udp(1, 2)), port, neighbour);

    [Theory]
    [InlineData("10.1.2.0")]
    [InlineData("10.1.2.127")]
    public void A_blackhole_swallows_without_a_word(string destination)
    {
        using var box = new Box(Ways);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(1, 2))).MustBeDropped("blackhole");
    }

    [Fact]
    public void A_blackhole_swallows_without_a_word_in_Ipv6()
    {
        using var box = new Box(Ways);
        box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:a:1::6", TestTransport.Udp(1, 2))).MustBeDropped("blackhole");
    }

    [Fact]
    public void Where_no_route_leads_the_datagram_is_dropped_and_its_sender_told()
    {
        using var box = new Box(Boxes.Island);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2))).RefusedWith("no-route", "lan");
        box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2))).RefusedWith("no-route", "lan");
    }

    [Fact]
    public void A_neighbour_that_nobody_knows_is_dropped_and_the_sender_told_where_none_may_be_invented()
    {
        using var box = new Box(Boxes.Edge, edit: options => options with { InventNeighbours = false });
        byte[] toNobody = TestFrames.Ipv4(Boxes.Outside, "192.168.1.99", TestTransport.Udp(1, 2));
        byte[] error = box.Send("wan", toNobody).RefusedWith("no-neighbour", "wan");
        byte[] quote = ForwardingTwin.DatagramOf(toNobody);
        byte[] expected = TestFrames.Ipv4(
            "203.0.113.2", Boxes.Outside, TestTransport.Icmp(3, 1, 0, quote), ip => ip with { DontFragment = true });
        Assert.Equal(TestFrames.WithMacs(expected, Boxes.Gateway, Boxes.WanMac), error);

        byte[] toNobodyV6 = TestFrames.Ipv6(Boxes.OutsideV6, "2001:db8:1::99", TestTransport.Udp(1, 2));
        byte[] errorV6 = box.Send("wan", toNobodyV6).RefusedWith("no-neighbour", "wan");
        byte[] expectedV6 = TestFrames.Ipv6(
            "2001:db8:2::2", Boxes.OutsideV6, TestTransport.Icmpv6(1, 3, 0, ForwardingTwin.DatagramOf(toNobodyV6)));
        Assert.Equal(TestFrames.WithMacs(expectedV6, Boxes.Gateway, Boxes.WanMac), errorV6);

        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2))).Forwarded("wan");
    }

    private static void MustLeave(byte[] frame, string port, string neighbour)
    {
        using var box = new Box(Ways);
        MacAddress own = box.Node.Models.Ports[box.Node.Configuration.FindPort(port)!.Index].Mac;
        MacAddress to = MacAddress.TryParse(neighbour, out MacAddress configured) ? configured : Boxes.InventedFor(neighbour);
        Assert.Equal(ForwardingTwin.Forward(frame, own, to), box.Send("lan", frame).Forwarded(port));
    }
}
