using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>A trace says why: which address, which rule, which route, and whether the sender was told.</summary>
public sealed class StageDetailTests
{
    private const string Guarded = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"], rpf: strict}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24], mtu: 1400}
          lan.30: {parent: lan, vlan: 30, addresses: [192.168.30.1/24, "2001:db8:30::1/64"], mtu: 1400}
          wan: {backend: pcap, addresses: [203.0.113.2/24], rpf: loose}
        routes:
          - {to: 10.0.0.0/8, via: 203.0.113.1}
          - {to: 172.16.0.0/12, via: [203.0.113.1, 203.0.113.7]}
          - {to: 198.51.100.0/24, blackhole: true}
        neighbors:
          - {port: wan, address: 203.0.113.1, mac: "02:00:00:00:0a:01"}

        """;

    [Theory]
    [InlineData("udp 192.168.1.10:1 > 10.1.1.1:2", "10.0.0.0/8 by wan, gateway 203.0.113.1, neighbour 02:00:00:00:0a:01")]
    [InlineData("udp 192.168.1.10:1 > 203.0.113.1:2", "203.0.113.0/24 by wan, connected, neighbour 02:00:00:00:0a:01")]
    [InlineData("udp 192.168.1.10:1 > 203.0.113.9:2", "203.0.113.0/24 by wan, connected, neighbour 02:00:cb:00:71:09 (made up)")]
    [InlineData("udp 192.168.1.10:1 > 192.168.20.9:2", "192.168.20.0/24 by lan.20, connected, neighbour 02:00:c0:a8:14:09 (made up)")]
    public void The_route_names_its_gateway_and_says_which_neighbours_are_made_up(string packet, string detail) =>
        Assert.Equal(("continue", detail), Told(packet, "route"));

    [Fact]
    public void Of_several_ways_the_flows_own_is_named()
    {
        string[] told = [.. Enumerable.Range(1, 40).Select(port => Told($"udp 192.168.1.10:{port} > 172.16.0.9:2", "route").Detail)];
        Assert.Equal(
            [
                "172.16.0.0/12 by wan, gateway 203.0.113.1, one of 2 ways, neighbour 02:00:00:00:0a:01",
                "172.16.0.0/12 by wan, gateway 203.0.113.7, one of 2 ways, neighbour 02:00:cb:00:71:07 (made up)",
            ],
            told.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("udp 127.0.0.1:1 > 10.1.1.1:2", "martian: source 127.0.0.1 is in 127.0.0.0/8 (loopback)")]
    [InlineData("udp 0.0.0.0:1 > 10.1.1.1:2", "martian: source 0.0.0.0 is in 0.0.0.0/8 (no host)")]
    [InlineData("udp 224.0.0.1:1 > 10.1.1.1:2", "martian: source 224.0.0.1 is a group")]
    [InlineData("udp 250.0.0.1:1 > 10.1.1.1:2", "martian: source 250.0.0.1 is in 240.0.0.0/4 (reserved)")]
    [InlineData("udp 192.168.20.1:1 > 10.1.1.1:2", "martian: source 192.168.20.1 is the appliance's own")]
    [InlineData("udp 192.168.1.255:1 > 10.1.1.1:2", "martian: source 192.168.1.255 is a network's broadcast address")]
    [InlineData("udp 192.168.1.10:1 > 127.0.0.9:2", "martian: destination 127.0.0.9 is in 127.0.0.0/8 (loopback)")]
    [InlineData("icmp6 :: > ff02::16 type 143", "martian: source :: is the unspecified address")]
    [InlineData("icmp6 ::1 > 2001:db8::9", "martian: source ::1 is the loopback address")]
    [InlineData("icmp6 ff02::1 > 2001:db8::9", "martian: source ff02::1 is a group")]
    [InlineData("icmp6 2001:db8:1::9 > ::ffff:10.0.0.1", "martian: destination ::ffff:10.0.0.1 is an IPv4-mapped address")]
    [InlineData("icmp6 2001:db8:1::1 > 2001:db8::9", "martian: source 2001:db8:1::1 is the appliance's own")]
    [InlineData("udp 192.168.1.9:1 > 192.168.1.9:1", "land: from 192.168.1.9 to itself")]
    [InlineData("udp 192.168.1.9:1 > 239.1.1.1:1", "multicast: to 239.1.1.1")]
    [InlineData("icmp6 2001:db8:1::9 > ff0e::1", "multicast: to ff0e::1")]
    [InlineData("udp 192.168.1.9:1 > 192.168.1.255:1", "broadcast: to 192.168.1.255")]
    [InlineData("udp 192.168.1.9:1 > 255.255.255.255:1", "broadcast: to 255.255.255.255")]
    [InlineData("udp 10.9.9.9:1 > 203.0.113.9:1", "spoof: rpf strict at lan: 10.0.0.0/8 leads there by wan")]
    [InlineData("udp 8.8.8.8:1 > 203.0.113.9:1", "spoof: rpf strict at lan: no route leads to 8.8.8.8")]
    [InlineData("udp 198.51.100.9:1 > 203.0.113.9:1", "spoof: rpf strict at lan: 198.51.100.0/24 is a blackhole")]
    public void Admission_names_the_address_and_the_rule(string packet, string detail) =>
        Assert.Equal(("drop", detail), Told(packet, "admit"));

    [Fact]
    public void Admission_names_what_stands_in_the_headers()
    {
        byte[] group = TestFrames.With(Build("udp 192.168.1.9:1 > 10.1.1.1:2"), 0, 1, 1);
        Assert.Equal(("drop", "l2-group: to 10.1.1.1 in a frame to 01:01:00:00:00:01, a group"), Told(group, "admit"));
        byte[] routed = TestFrames.Ipv4(
            "192.168.1.9", "10.1.1.1", TestTransport.Udp(1, 2), options: [131, 4, 4, 0]);
        Assert.Equal(("drop", "source-route: a loose or strict source route among the options"), Told(routed, "admit"));
    }

    [Theory]
    [InlineData("udp 192.168.1.10:1 > 10.1.1.1:2 ttl 1", "hop-limit: 1 on arrival; time exceeded sent")]
    [InlineData("udp 192.168.1.10:1 > 10.1.1.1:2 ttl 0", "hop-limit: 0 on arrival; time exceeded sent")]
    [InlineData("udp [2001:db8:1::9]:1 > [2001:db8:1::8]:2 ttl 1", "hop-limit: 1 on arrival; time exceeded sent")]
    [InlineData("udp 192.168.1.10:1 > 8.8.8.8:2", "no-route: nothing leads to 8.8.8.8; net unreachable sent")]
    [InlineData("udp [2001:db8:1::9]:1 > [2001:db8:9::8]:2", "no-route: nothing leads to 2001:db8:9::8; no route to destination sent")]
    [InlineData("icmp 192.168.1.10 > 8.8.8.8 type 3", "no-route: nothing leads to 8.8.8.8; no ICMP error about an ICMP error")]
    [InlineData("udp 192.168.1.10:1 > 198.51.100.9:2", "blackhole: 198.51.100.0/24")]
    [InlineData("udp 192.168.1.10:1 > 169.254.0.9:2", "link-local: destination 169.254.0.9")]
    [InlineData("udp [fe80::9]:1 > [2001:db8:1::8]:2", "link-local: source fe80::9")]
    public void The_route_says_why_not_and_whether_the_sender_is_told(string packet, string detail) =>
        Assert.Equal(("drop", detail), Told(packet, "route"));

    [Fact]
    public void The_mtu_is_named_with_the_length_that_is_over_it()
    {
        Assert.Equal(("drop", "mtu: 1428 bytes with DF set, lan.20 takes 1400; fragmentation needed sent"),
            Told("udp 192.168.1.10:1 > 192.168.20.9:2 len 1400 df", "mtu"));
        Assert.Equal(("drop", "mtu: 1448 bytes, lan.30 takes 1400; packet too big sent"),
            Told("udp [2001:db8:1::9]:1 > [2001:db8:30::9]:2 len 1400", "mtu"));
        Assert.Equal(("continue", "cut into 2 fragments for an MTU of 1400"),
            Told("udp 192.168.1.10:1 > 192.168.20.9:2 len 1400", "mtu"));
    }

    [Fact]
    public void An_error_that_the_budget_forbids_is_missed_by_name()
    {
        using var tracer = new PacketTracer(Box.ModelOf(Guarded), new NodeOptions { Workers = 1 });
        byte[] frame = Build("udp 192.168.1.10:1 > 8.8.8.8:2");
        string[] told = [.. Enumerable.Range(0, 51).Select(_ => tracer.Trace(0, frame, new MonotonicTime(0)).Stages[^1].Detail)];
        Assert.EndsWith("; net unreachable sent", told[49], StringComparison.Ordinal);
        Assert.EndsWith("; no ICMP error: the budget of its bucket is spent", told[50], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("udp 192.168.1.10:1 > 192.168.1.1:2", "for the appliance itself, 192.168.1.1, where no service answers")]
    [InlineData("icmp 192.168.1.10 > 192.168.1.1", "echo request to an own address, answered")]
    public void What_the_appliance_takes_says_whether_anybody_answers(string packet, string detail) =>
        Assert.Equal(("consume", detail), Told(packet, "local"));

    [Theory]
    [InlineData("icmp6 fe80::9 > ff02::1 type 136 len 16", "spoof: the hop limit is not 255")]
    [InlineData("icmp6 fe80::9 > ff02::1 type 136 ttl 255", "short: the message is shorter than its type demands")]
    [InlineData("icmp6 2001:db8:1::9 > ff02::1 type 134 ttl 255 len 8", "spoof: a router speaks from link-local addresses only")]
    public void Neighbour_discovery_names_the_rule_that_a_message_breaks(string packet, string detail) =>
        Assert.Equal(("drop", detail), Told(packet, "neighbour"));

    [Fact]
    public void A_message_of_neighbour_discovery_that_asks_nothing_is_said_to_teach_nothing() =>
        Assert.Equal(("consume", "taken; nothing is learned from it"),
            Told("icmp6 fe80::9 > ff02::2 type 133 ttl 255", "neighbour"));

    [Theory]
    [InlineData("vlan 40 udp 192.168.1.9:1 > 10.1.1.1:2", "vlan: 40; lan has 20, 30")]
    public void An_unknown_vlan_is_named_beside_the_known(string packet, string detail) =>
        Assert.Equal(("drop", detail), Told(packet, "parse"));

    [Fact]
    public void An_unknown_vlan_within_a_known_one_names_the_sub_port()
    {
        byte[] inner = TestFrames.Tagged(Build("udp 192.168.1.9:1 > 10.1.1.1:2"), 7);
        Assert.Equal(("drop", "vlan: 7; lan.20 has none"), Told(TestFrames.Tagged(inner, 20), "parse"));
        Assert.Equal(("drop", "vlan: 7; lan has 20, 30"), Told(TestFrames.Tagged(inner, 0), "parse"));
    }

    [Fact]
    public void What_the_parser_drops_names_what_it_read()
    {
        byte[] frame = Build("udp 192.168.1.9:1 > 10.1.1.1:2");
        Assert.Equal(("drop", "ethertype: 0x88cc"), Told(TestFrames.With(frame, 12, 0x88, 0xcc), "parse"));
        Assert.Equal(("drop", "ethertype: 0x0026, a length: 802.3, not Ethernet II"), Told(TestFrames.With(frame, 12, 0, 0x26), "parse"));
        byte[] own = TestFrames.WithMacs(frame, TestFrames.Router, new MacAddress(0x0201_0000_0001));
        Assert.Equal(("drop", "own-source: 02:01:00:00:00:01 is lan's own"), Told(own, "parse"));
        int right = (frame[24] << 8) | frame[25];
        Assert.Equal(("drop", $"bad-ip-checksum: 0xdead, where 0x{right:x4} would be right"),
            Told(TestFrames.With(frame, 24, 0xde, 0xad), "parse"));
        Assert.Equal(("drop", "short: an IP datagram of 28 bytes, of which 27 are here"), Told(frame[..^1], "parse"));
        Assert.Equal(("drop", "short"), Told(frame[..10], "parse"));
    }

    [Fact]
    public void With_strict_macs_the_stranger_is_named()
    {
        byte[] frame = TestFrames.WithMacs(
            Build("udp 192.168.1.9:1 > 10.1.1.1:2"), new MacAddress(0x02de_adbe_ef01), new MacAddress(0x0200_0000_0001));
        using var tracer = new PacketTracer(Box.ModelOf(Guarded), new NodeOptions { Workers = 1, StrictMac = true });
        Assert.Equal("not-for-us: to 02:de:ad:be:ef:01, lan is 02:01:00:00:00:01",
            tracer.Trace(0, frame, new MonotonicTime(0)).Stages[^1].Detail);
    }

    private static byte[] Build(string text)
    {
        Assert.True(PacketText.TryParse(text, out PacketText packet, out string error), error);
        return PacketBuilder.Build(packet, new MacAddress(0x0201_0000_0001));
    }

    private static (string Action, string Detail) Told(string text, string stage) => Told(Build(text), stage);

    private static (string Action, string Detail) Told(byte[] frame, string stage)
    {
        using var tracer = new PacketTracer(Box.ModelOf(Guarded), new NodeOptions { Workers = 1 });
        TracedStage traced = tracer.Trace(0, frame, new MonotonicTime(0)).Stages.Single(met => met.Stage == stage);
        return (traced.Action, traced.Detail);
    }
}
