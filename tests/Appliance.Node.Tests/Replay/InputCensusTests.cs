using Appliance.Testing;
using Appliance.Wire.Arp;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>
/// What a replay notices of a capture while its frames enter: sources that are behind another port, frames that no wire carried.
/// </summary>
public sealed class InputCensusTests
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: 1400}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: 10.0.0.0/8, via: [203.0.113.1, 192.168.1.9]}
          - {to: 10.66.0.0/16, blackhole: true}

        """;

    private const int Lan = 0, Wan = 1;

    [Theory]
    [InlineData("192.168.1.9", 1, 0)]
    [InlineData("192.168.20.9", 1, 0)]          // behind a sub-port of lan
    [InlineData("10.1.1.1", 1, 0)]              // one of two ways is by lan
    [InlineData("192.168.1.1", 1, 0)]           // lan's own
    [InlineData("8.8.8.8", 1, 1)]
    [InlineData("203.0.113.9", 1, 1)]
    [InlineData("10.66.0.1", 0, 0)]             // routed nowhere
    [InlineData("127.0.0.1", 0, 0)]             // no host
    [InlineData("169.254.1.1", 0, 0)]
    public void A_source_behind_another_port_is_counted(string source, long routed, long behindWan)
    {
        InputCensus census = CensusAt("lan", TestFrames.Ipv4(source, "172.16.0.77", TestTransport.Udp(1, 2)));
        Assert.Equal((routed, behindWan), (census.Routed, census.BehindOther.GetValueOrDefault(Wan)));
        Assert.Equal(behindWan, census.BehindOther.Values.Sum());
    }

    [Fact]
    public void Ipv6_and_arp_are_counted_alike()
    {
        var asked = new ArpFields(
            ArpOperation.Request, TestFrames.Host, TestFrames.V4("203.0.113.9"), default, TestFrames.V4("203.0.113.2"));
        InputCensus census = CensusAt("lan", TestFrames.Arp(asked),
            TestFrames.Ipv6("2001:db8:2::9", "2001:db8:1::9", TestTransport.Udp(1, 2)),
            TestFrames.Ipv6("2001:db8:1::9", "2001:db8:2::9", TestTransport.Udp(1, 2)),
            TestFrames.Ipv6("2001:db8:9::9", "2001:db8:2::9", TestTransport.Udp(1, 2)));
        Assert.Equal((3, 2), (census.Routed, census.BehindOther[Wan]));
    }

    [Fact]
    public void A_capture_that_is_split_has_every_source_at_home()
    {
        InputCensus census = CensusAt("lan,wan",
            TestFrames.Ipv4("192.168.1.9", "8.8.8.8", TestTransport.Udp(1, 2)),
            TestFrames.Ipv4("8.8.8.8", "192.168.1.9", TestTransport.Udp(2, 1)));
        Assert.Equal(("lan,wan", 2), (census.Label, census.Routed));
        Assert.Equal([Lan, Wan], census.Ports);
        Assert.Empty(census.BehindOther);
    }

    [Theory]
    [InlineData("lan", 1472, false, 0)]
    [InlineData("lan", 1473, false, 1501)]
    [InlineData("lan", 1473, true, 1501)]
    [InlineData("wan", 1372, false, 0)]
    [InlineData("wan", 1373, false, 1401)]
    public void A_datagram_over_the_ports_mtu_is_counted_without_tags_and_padding(string port, int payload, bool tagged, int longest)
    {
        byte[] frame = TestFrames.Ipv4("192.168.20.9", "8.8.8.8", TestTransport.Udp(1, 2, new byte[payload]));
        if (tagged) frame = TestFrames.Tagged(frame, 20);
        InputCensus census = CensusAt(port, [.. frame, .. new byte[8]]);
        Assert.Equal((longest > 0 ? 1 : 0, longest), (census.OverMtu, census.LongestBytes));
    }

    [Fact]
    public void Each_input_has_a_census_of_its_own_in_the_order_named()
    {
        byte[] frame = TestFrames.Ipv4("8.8.8.8", "192.168.1.9", TestTransport.Udp(1, 2));
        Replayed replayed = Run(Net, 2, ("wan", Capture((0, frame))), ("lan", Capture((0, frame), (1, frame))));
        Assert.Equal([("wan", 1, 0), ("lan", 2, 2)], replayed.Censuses.Select(
            census => (census.Label, census.Routed, census.BehindOther.Values.Sum())));
    }

    private static InputCensus CensusAt(string ports, params byte[][] frames) =>
        Assert.Single(Run(Net, 2, (ports, Capture(frames.Select((frame, i) => ((long)i, frame))))).Censuses);
}
