using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// Sources that lie, each kind by its name: at which guard it fails and why. What a guard alone keeps out is let in where that guard is
/// off, so that it is this guard that was tried; and true sources pass all of them.
/// </summary>
public sealed class SpoofTests
{
    private const string Lan = "192.168.1.10", Dmz = "192.168.2.10", Camera = "192.168.20.10", Out = "198.51.100.7";
    private const string LanV6 = "2001:db8:1::10", DmzV6 = "2001:db8:22::10", OutV6 = "2001:db8:ffff::7";
    private const ushort Vlan = 20;

    private static string Net(string guard) => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]{{Rpf(guard)}}}
          dmz: {backend: pcap, addresses: [192.168.2.1/24, "2001:db8:22::1/64"]{{Rpf(guard)}}}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]{{Rpf(guard)}}}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24, "2001:db8:20::1/64"]{{Rpf(guard)}}}
        routes:
          - {to: 198.51.100.0/24, via: 203.0.113.1}
          - {to: "2001:db8:ffff::/48", via: "2001:db8:2::1"}
          - {to: 10.3.0.0/16, via: 192.168.2.9}
          - {to: 10.66.0.0/16, blackhole: true}
          - {to: "2001:db8:a66::/48", blackhole: true}

        """ + Boxes.Ruleset + (guard == "antispoof" ? "antispoof quick for { lan dmz wan lan.20 }\n" : "") + "pass all\n";

    private static string Rpf(string guard) => guard is "strict" or "loose" ? $", rpf: {guard}" : "";

    /// <summary>Name, guard ("any": no configuration lets it in), port (of what is tagged, with its VLAN), frame, reason.</summary>
    private static readonly (string Name, string Guard, string Port, byte[] Frame, string Reason)[] Kinds =
    [
        ("the lan's network at the wan", "antispoof", "wan", Udp(Lan, Dmz), "block"),
        ("the lan's network at the wan, IPv6", "antispoof", "wan", UdpV6(LanV6, DmzV6), "block"),
        ("the lan's network at the dmz", "antispoof", "dmz", Udp(Lan, Out), "block"),
        ("the dmz's network at the lan", "antispoof", "lan", Udp(Dmz, Out), "block"),
        ("the dmz's network at the lan, IPv6", "antispoof", "lan", UdpV6(DmzV6, OutV6), "block"),
        ("the wan's network at the lan", "antispoof", "lan", Udp("203.0.113.1", Dmz), "block"),
        ("a VLAN's network at its parent", "antispoof", "lan", Udp(Camera, Out), "block"),
        ("the parent's network in a VLAN", "antispoof", "lan.20", Tagged(Udp(Lan, Out)), "block"),
        ("the first fragment of a lie", "antispoof", "wan", Fragment(Udp(Lan, Dmz), 0x2000), "block"),
        ("a later fragment of a lie", "antispoof", "wan", Fragment(Udp(Lan, Dmz), 5), "block"),
        ("a SYN in the lan's name at the wan", "antispoof", "wan", NatTests.Tcp(Lan, 1, Dmz, 22, TcpFlags.Syn, 1), "block"),
        ("an error in the lan's name about a flow that never was", "antispoof", "wan", Error(Lan, Dmz, Udp(Dmz, Lan)), "block"),
        ("strict: the lan's network at the wan", "strict", "wan", Udp(Lan, Dmz), "spoof"),
        ("strict: the lan's network at the wan, IPv6", "strict", "wan", UdpV6(LanV6, DmzV6), "spoof"),
        ("strict: a VLAN's network at its parent", "strict", "lan", Udp(Camera, Out), "spoof"),
        ("strict: the parent's network in a VLAN", "strict", "lan.20", Tagged(Udp(Lan, Out)), "spoof"),
        ("strict: a network behind the dmz at the lan", "strict", "lan", Udp("10.3.4.5", Out), "spoof"),
        ("strict: the outside at the dmz", "strict", "dmz", Udp(Out, Lan), "spoof"),
        ("strict: an error in the lan's name at the wan", "strict", "wan", Error(Lan, Dmz, Udp(Dmz, Lan)), "spoof"),
        ("strict: a later fragment of a lie", "strict", "wan", Fragment(Udp(Lan, Dmz), 5), "spoof"),
        ("loose: a source without a route", "loose", "wan", Udp("172.31.0.1", Lan), "spoof"),
        ("loose: a source without a route, IPv6", "loose", "wan", UdpV6("2001:db8:bad::1", LanV6), "spoof"),
        ("loose: a source in a black hole", "loose", "wan", Udp("10.66.0.1", Lan), "spoof"),
        ("loose: a source in a black hole, IPv6", "loose", "wan", UdpV6("2001:db8:a66::1", LanV6), "spoof"),
        ("no address at all", "any", "lan", Udp("0.0.0.0", Out), "martian"),
        ("this network, 0/8", "any", "lan", Udp("0.1.2.3", Out), "martian"),
        ("loopback", "any", "wan", Udp("127.0.0.1", Lan), "martian"),
        ("the limited broadcast address", "any", "lan", Udp("255.255.255.255", Out), "martian"),
        ("a network's broadcast address, in that network", "any", "lan", Udp("192.168.1.255", Out), "martian"),
        ("another network's broadcast address", "any", "wan", Udp("192.168.2.255", Lan), "martian"),
        ("a group", "any", "lan", Udp("224.0.0.5", Out), "martian"),
        ("a reserved address", "any", "wan", Udp("240.0.0.1", Lan), "martian"),
        ("the port's own address", "any", "lan", Udp("192.168.1.1", Out), "martian"),
        ("another port's own address", "any", "wan", Udp("192.168.1.1", Lan), "martian"),
        ("the destination's address (LAND)", "any", "lan", NatTests.Tcp(Out, 80, Out, 80, TcpFlags.Syn, 1), "land"),
        ("the destination's address (LAND), IPv6", "any", "wan", UdpV6(LanV6, LanV6), "land"),
        ("no address at all, IPv6", "any", "lan", UdpV6("::", OutV6), "martian"),
        ("loopback, IPv6", "any", "wan", UdpV6("::1", LanV6), "martian"),
        ("a group, IPv6", "any", "lan", UdpV6("ff02::1", OutV6), "martian"),
        ("an IPv4 address in IPv6", "any", "wan", UdpV6("::ffff:192.168.1.10", LanV6), "martian"),
        ("the port's own address, IPv6", "any", "lan", UdpV6("2001:db8:1::1", OutV6), "martian"),
        ("another port's own address, IPv6", "any", "wan", UdpV6("2001:db8:1::1", LanV6), "martian"),
        ("link-local, to beyond the link", "any", "lan", Udp("169.254.1.1", Out), "link-local"),
        ("link-local, to beyond the link, IPv6", "any", "lan", UdpV6("fe80::9", OutV6), "link-local"),
        ("the port's own link-local address", "any", "lan", UdpV6(LinkLocal, OutV6), "martian"),
        ("the port's own MAC address", "any", "lan", TestFrames.WithMacs(Udp(Lan, Out), Gateway, Boxes.LanMac), "own-source"),
        ("a source route", "any", "lan", SourceRouted(), "source-route"),
    ];

    private static string LinkLocal => NodeModelsBuilder.LinkLocalOf(Boxes.LanMac).ToString();

    private static MacAddress Gateway => TestFrames.Router;

    public static TheoryData<string> Names => [.. Kinds.Select(kind => kind.Name)];

    /// <summary>What each guard has to let through.</summary>
    private static readonly (string Name, string Port, byte[] Frame, string To)[] True =
    [
        ("the lan", "lan", Udp(Lan, Out), "wan"),
        ("the lan, IPv6", "lan", UdpV6(LanV6, OutV6), "wan"),
        ("the dmz", "dmz", Udp(Dmz, Lan), "lan"),
        ("a network behind the dmz", "dmz", Udp("10.3.4.5", Out), "wan"),
        ("a VLAN", "lan.20", Tagged(Udp(Camera, Out)), "wan"),
        ("the outside", "wan", Udp(Out, Lan), "lan"),
        ("the outside, IPv6", "wan", UdpV6(OutV6, LanV6), "lan"),
        ("the gateway itself", "wan", Udp("203.0.113.1", Dmz), "dmz"),
        ("a later fragment", "lan", Fragment(Udp(Lan, Out), 5), "wan"),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_source_that_lies_does_not_get_in(string name)
    {
        (_, string guard, string port, byte[] frame, string reason) = Kinds.Single(kind => kind.Name == name);
        string[] guards = guard == "any" ? ["off", "antispoof", "strict", "loose"] : [guard];
        foreach (int vcpus in (int[])[1, 4])
        {
            foreach (string configured in guards)
            {
                using var box = new Box(Net(configured), vcpus);
                box.Send(Physical(port), frame).MustBeDropped(reason);
                if (reason != "link-local") Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);      // that is the routes' to know
            }

            if (guard == "any") continue;
            using var open = new Box(Net("off"), vcpus);
            Assert.Single(open.Send(Physical(port), frame).Left);
        }
    }

    [Fact]
    public void There_are_more_than_thirty_kinds() => Assert.InRange(Kinds.Select(kind => kind.Name).Distinct().Count(), 31, 99);

    [Theory]
    [InlineData("off")]
    [InlineData("antispoof")]
    [InlineData("strict")]
    [InlineData("loose")]
    public void A_source_that_does_not_lie_gets_in(string guard)
    {
        foreach (int vcpus in (int[])[1, 4])
        {
            foreach ((_, string port, byte[] frame, string to) in True)
            {
                using var box = new Box(Net(guard), vcpus);
                box.Send(Physical(port), frame).Forwarded(to);
            }
        }
    }

    /// <summary>
    /// A state lets a flow's frames in at any port (floating, as in pf); that they come by the wrong one is the reverse path's business, be
    /// it an answer or an error about the flow.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_belongs_to_a_flow_and_comes_by_the_wrong_port_fails_at_the_reverse_path(int vcpus)
    {
        byte[] answer = NatTests.Udp(Out, 2, Lan, 1);
        foreach ((string guard, bool passes) in ((string, bool)[])[("off", true), ("strict", false)])
        {
            using var box = new Box(Net(guard), vcpus);
            byte[] left = box.Send("lan", NatTests.Udp(Lan, 1, Out, 2)).Forwarded("wan");
            foreach (byte[] frame in (byte[][])[answer, Error(Out, Lan, left)])
            {
                Seen seen = box.Send("dmz", frame);
                if (passes) seen.Forwarded("lan");
                else seen.MustBeDropped("spoof");
                box.Send("wan", frame).Forwarded("lan");
            }
        }
    }

    private static string Physical(string port) => port == "lan.20" ? "lan" : port;

    private static byte[] Udp(string from, string to) => NatTests.Udp(from, 1, to, 2);

    private static byte[] UdpV6(string from, string to) => TestFrames.Ipv6(from, to, TestTransport.Udp(1, 2, 8));

    private static byte[] Tagged(byte[] frame) => TestFrames.Tagged(frame, Vlan);

    private static byte[] Fragment(byte[] frame, int field) => TestFrames.WithIpv4(frame, 6, (byte)(field >> 8), (byte)field);

    private static byte[] SourceRouted() =>
        TestFrames.Ipv4(Lan, Out, TestTransport.Udp(1, 2, 8), edit: null, 0x83, 7, 4, 192, 0, 2, 1, 0);

    private static byte[] Error(string from, string to, byte[] quoted) =>
        TestFrames.Ipv4(from, to, TestTransport.Icmp(3, 1, 0, quoted.AsSpan(14, 28).ToArray()));
}
