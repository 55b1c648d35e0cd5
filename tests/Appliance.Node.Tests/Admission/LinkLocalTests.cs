using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>169.254/16 and fe80::/10 are not routed, from or to; what is the appliance's own on that link is still its own.</summary>
public sealed class LinkLocalTests : IDisposable
{
    private const string OwnLinkLocal = "fe80::1:ff:fe00:1";             // of 02:01:00:00:00:01

    private readonly Box _box = new(Boxes.Edge);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("169.254.0.0", Boxes.Outside)]
    [InlineData("169.254.255.255", Boxes.Outside)]
    [InlineData(Boxes.LanHost, "169.254.0.0")]
    [InlineData(Boxes.LanHost, "169.254.169.254")]
    [InlineData(Boxes.LanHost, "169.254.255.255")]
    [InlineData("169.254.1.1", "169.254.1.2")]
    public void Ipv4_link_local_is_not_routed(string source, string destination) =>
        _box.Send("lan", TestFrames.Ipv4(
            source, destination, TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 1 })).MustBeDropped("link-local");

    [Theory]
    [InlineData("169.253.255.255", Boxes.Outside)]
    [InlineData("169.255.0.0", Boxes.Outside)]
    [InlineData(Boxes.LanHost, "169.253.255.255")]
    [InlineData(Boxes.LanHost, "169.255.0.0")]
    public void What_is_beside_the_Ipv4_range_is_routed(string source, string destination) =>
        _box.Send("lan", TestFrames.Ipv4(source, destination, TestTransport.Udp(1, 2))).Forwarded("wan");

    [Theory]
    [InlineData("fe80::", Boxes.OutsideV6)]
    [InlineData("fe80::5", Boxes.OutsideV6)]
    [InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Boxes.OutsideV6)]
    [InlineData(Boxes.LanHostV6, "fe80::")]
    [InlineData(Boxes.LanHostV6, "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::5", "fe80::6")]
    public void Ipv6_link_local_is_not_routed(string source, string destination) =>
        _box.Send("lan", TestFrames.Ipv6(
            source, destination, TestTransport.Udp(1, 2), ip => ip with { HopLimit = 1 })).MustBeDropped("link-local");

    [Theory]
    [InlineData("fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Boxes.OutsideV6)]
    [InlineData("fec0::", Boxes.OutsideV6)]
    [InlineData(Boxes.LanHostV6, "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData(Boxes.LanHostV6, "fec0::")]
    public void What_is_beside_the_Ipv6_range_is_routed(string source, string destination) =>
        _box.Send("lan", TestFrames.Ipv6(source, destination, TestTransport.Udp(1, 2))).Forwarded("wan");

    [Fact]
    public void The_own_link_local_address_answers_on_its_link()
    {
        byte[] reply = _box.Send("lan", TestFrames.Ipv6("fe80::5", OwnLinkLocal, TestTransport.EchoRequestV6(9))).Answered("lan");
        byte[] expected = TestFrames.Ipv6(OwnLinkLocal, "fe80::5", TestTransport.EchoReplyV6(9));
        Assert.Equal(TestFrames.WithMacs(expected, Boxes.InventedFor("fe80::5"), Boxes.LanMac), reply);
    }

    /// <summary>A refusal goes where the question came from, and to no router.</summary>
    [Theory]
    [InlineData("fe80::5", "2001:db8:2::2")]
    [InlineData("fe80::5", OwnLinkLocal)]
    [InlineData("fe80::5", Boxes.OutsideV6)]
    [InlineData("169.254.3.4", "192.168.1.1")]
    [InlineData("169.254.3.4", Boxes.Outside)]
    public void Who_is_refused_by_a_rule_hears_so_over_its_link(string source, string destination)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "block return all\n");
        foreach (TestTransport asking in (TestTransport[])[TestTransport.Tcp(40_000, 22), TestTransport.Udp(40_000, 99, 8)])
        {
            byte[] frame = source.Contains(':', StringComparison.Ordinal)
                ? TestFrames.Ipv6(source, destination, asking)
                : TestFrames.Ipv4(source, destination, asking);
            Seen seen = box.Send("lan", frame);
            Assert.Empty(seen.LeftBy("wan"));
            Assert.Equal(Boxes.InventedFor(source), MacAddress.Read(Assert.Single(seen.LeftBy("lan"))));
        }
    }

    [Fact]
    public void The_own_link_local_address_of_another_link_is_a_strangers()
    {
        // RFC 4007 §6: the same address on two links is two addresses.
        _box.Send("wan", TestFrames.Ipv6("fe80::5", OwnLinkLocal, TestTransport.EchoRequestV6(9))).MustBeDropped("link-local");
        _box.Send("wan", TestFrames.Ipv6(OwnLinkLocal, Boxes.OutsideV6, TestTransport.Udp(1, 2))).MustBeDropped("link-local");
    }

    [Fact]
    public void A_global_address_answers_a_link_local_host_over_its_link()
    {
        byte[] reply = _box.Send("lan", TestFrames.Ipv6("fe80::5", "2001:db8:2::2", TestTransport.EchoRequestV6(9))).Answered("lan");
        byte[] expected = TestFrames.Ipv6("2001:db8:2::2", "fe80::5", TestTransport.EchoReplyV6(9));
        Assert.Equal(TestFrames.WithMacs(expected, Boxes.InventedFor("fe80::5"), Boxes.LanMac), reply);
    }

    [Fact]
    public void An_Ipv4_link_local_host_is_answered_over_its_link_and_not_by_the_default_route()
    {
        // RFC 3927 §2.6.2: to such a destination a datagram goes directly, to no router.
        byte[] reply = _box.Send("lan", TestFrames.Ipv4("169.254.3.4", "192.168.1.1", TestTransport.EchoRequest(9))).Answered("lan");
        byte[] expected = TestFrames.Ipv4("192.168.1.1", "169.254.3.4", TestTransport.EchoReply(9));
        Assert.Equal(TestFrames.WithMacs(expected, Boxes.InventedFor("169.254.3.4"), Boxes.LanMac), reply);
    }

    [Fact]
    public void A_configured_link_local_address_is_own_on_its_ports_link_only()
    {
        using var box = new Box("""
            ports:
              lan: {backend: pcap, addresses: ["fe80::1/64", "2001:db8:1::1/64"]}
              wan: {backend: pcap, addresses: ["fe80::1/64"]}
              lan.5: {parent: lan, vlan: 5, addresses: ["fe80::7/64"]}

            """);
        TestTransport echo = TestTransport.EchoRequestV6(9);
        box.Send("lan", TestFrames.Ipv6("fe80::5", "fe80::1", echo)).Answered("lan");
        box.Send("wan", TestFrames.Ipv6("fe80::5", "fe80::1", echo)).Answered("wan");
        box.Send("lan", TestFrames.Tagged(TestFrames.Ipv6("fe80::5", "fe80::7", echo), 5)).Answered("lan");
        box.Send("lan", TestFrames.Ipv6("fe80::5", "fe80::7", echo)).MustBeDropped("link-local");
        box.Send("lan", TestFrames.Tagged(TestFrames.Ipv6("fe80::5", "fe80::1", echo), 5)).MustBeDropped("link-local");
    }
}
