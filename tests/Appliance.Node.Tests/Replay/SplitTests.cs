using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary><c>--in lan,wan=FILE</c>: a capture of both directions, each frame entering at the port that its source is routed to.</summary>
public sealed class SplitTests
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
          dmz: {backend: pcap, addresses: [172.16.0.1/24]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: 10.0.0.0/8, via: 192.168.1.9}
          - {to: 10.66.0.0/16, blackhole: true}
          - {to: "2001:db8:ffff::/48", via: "2001:db8:2::1"}

        """;

    [Theory]
    [InlineData("192.168.1.9", "lan")]
    [InlineData("10.0.0.1", "lan")]
    [InlineData("203.0.113.9", "wan")]
    [InlineData("8.8.8.8", "wan")]
    [InlineData("172.16.0.9", "lan")]           // routed to a port that is not named: the first
    [InlineData("10.66.0.1", "lan")]            // routed nowhere: the first
    public void A_frame_enters_where_its_source_is_routed_to(string source, string port)
    {
        MustEnter(TestFrames.Ipv4(source, "172.16.0.77", TestTransport.Udp(1, 2)), port);
        var asked = new ArpFields(ArpOperation.Request, TestFrames.Host, TestFrames.V4(source), default, TestFrames.V4("172.16.0.77"));
        MustEnter(TestFrames.WithMacs(TestFrames.Arp(asked), MacAddress.Broadcast, TestFrames.Host), port);
    }

    [Theory]
    [InlineData("2001:db8:1::9", "lan")]
    [InlineData("2001:db8:2::9", "wan")]
    [InlineData("2001:db8:ffff::9", "wan")]
    [InlineData("2001:db8:aaaa::9", "lan")]
    public void A_frame_enters_where_its_Ipv6_source_is_routed_to(string source, string port) =>
        MustEnter(TestFrames.Ipv6(source, "2001:db8:1::77", TestTransport.Udp(1, 2)), port);

    [Fact]
    public void A_sub_ports_frame_enters_at_the_physical_port_with_its_tag() =>
        MustEnter(TestFrames.Tagged(TestFrames.Ipv4("192.168.20.9", "172.16.0.77", TestTransport.Udp(1, 2)), 20), "lan");

    [Fact]
    public void What_has_no_source_enters_at_the_first_port_named()
    {
        byte[] lldp = TestFrames.Ethernet((EtherType)0x88cc, TestTransport.Pattern(46));
        MustEnter(lldp, "lan");
        MustEnter(lldp[..10], "lan");
        Assert.Equal(1, Run(Net, 2, ("wan,lan", Capture((0, lldp)))).Accounts.Ports[1].FramesIn);
    }

    [Fact]
    public void Both_directions_of_a_conversation_cross()
    {
        byte[] there = TestFrames.Ipv4("192.168.1.9", "8.8.8.8", TestTransport.Udp(1000, 53)), back = TestFrames.Ipv4("8.8.8.8",
            "192.168.1.9", TestTransport.Udp(53, 1000));
        Replayed replayed = Run(Net, 2, ("lan,wan", Capture((0, there), (1, back))));
        Assert.Single(replayed.FramesOf("wan"));
        Assert.Single(replayed.FramesOf("lan"));
    }

    private static void MustEnter(byte[] frame, string port)
    {
        Replayed replayed = Run(Net, 2, ("lan,wan", Capture((0, frame))));
        Assert.Equal((port == "lan" ? 1 : 0, port == "wan" ? 1 : 0, 0),
            (replayed.Accounts.Ports[0].FramesIn, replayed.Accounts.Ports[1].FramesIn, replayed.Accounts.Ports[2].FramesIn));
    }
}
