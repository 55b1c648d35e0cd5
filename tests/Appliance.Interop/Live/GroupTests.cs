using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A switch that delivers groups only where they are listened to, between the appliance and a host.</summary>
public sealed class GroupTests
{
    private const string OwnGroup = "ff02::1:ff00:1", CarpGroup = "ff02::12", DaemonsGroup = "ff02::5";
    private const string Stranger = "fd02::ab:cdef", StrangersGroup = "ff02::1:ffab:cdef";

    [Theory]
    [InlineData(true)]
    [Variation(false)]
    public void A_switch_that_snoops_delivers_what_the_port_listens_to_and_nothing_else(bool hasHostPath)
    {
        using var network = new LiveNetwork();
        using var middle = new Host("switch");
        PutBetween(network, middle);
        string own = """
            high-availability: {carp: [{vhid: 1, port: wan, addresses: [10.2.0.254/24, "fd02::254/64"], password: secret}]}

            """;
        network.Run((hasHostPath ? LiveNetwork.Ports : LiveNetwork.PortsAlone) + own);
        string snooped() => middle.Succeed("bridge", "mdb", "show", "dev", "br0");
        Eventually.Is(() => snooped().Contains($"port p1 grp {OwnGroup} ", StringComparison.Ordinal));
        Eventually.Is(() => snooped().Contains($"port p1 grp {CarpGroup} ", StringComparison.Ordinal));
        Assert.DoesNotContain($"p1 grp {DaemonsGroup} ", snooped(), StringComparison.Ordinal);

        using Background watching = middle.Start("tcpdump", "-n", "-l", "-Q", "out", "-i", "p1", "icmp6 and ip6[40] == 135");
        watching.AwaitLine("listening on");
        Eventually.Is(() => IsKeptFrom(network, watching));             // until it has asked a switch delivers everything
        if (!hasHostPath) return;
        using Background daemon = network.Box.Start(Peer.Python, "-c", $$"""
            import socket, struct, sys
            s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            join = socket.inet_pton(socket.AF_INET6, "{{DaemonsGroup}}") + struct.pack("I", socket.if_nametoindex("host-wan"))
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, join)
            sys.stdin.read()
            """);
        Eventually.Is(() => snooped().Contains($"port p1 grp {DaemonsGroup} ", StringComparison.Ordinal));      // as the host itself says
    }

    [Fact]
    public void Tshark_finds_nothing_wrong_with_what_is_said_of_groups()
    {
        using var network = new LiveNetwork();
        string file = network.Folder["groups.pcap"];
        using (Background capturing = network.Wan.Start("tcpdump", "-n", "-U", "--immediate-mode", "-i", "wan0", "-w", file))
        {
            capturing.AwaitLine("listening on");
            network.Run(LiveNetwork.PortsAlone + """
                high-availability: {carp: [{vhid: 1, port: wan, addresses: [10.2.0.254/24, "fd02::254/64"], password: secret}]}

                """);
            Eventually.Is(() => Lines(file, "icmpv6.type == 143 && icmpv6.mldr.mar.multicast_address == ff02::12").Length >= 2);
            Eventually.Is(() => Lines(file, "igmp.type == 0x22 && igmp.maddr == 224.0.0.18").Length >= 2);
        }

        string own = network.Box.Succeed("cat", "/sys/class/net/eth1/address").Trim();
        const string Bad = "_ws.malformed || icmpv6.checksum.status == \"Bad\""
            + " || igmp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\""
            + " || (igmp && (ip.ttl != 1 || !ip.opt.ra)) || (icmpv6.type == 143 && (ipv6.hlim != 1 || !ipv6.opt.router_alert))"
            + " || (icmpv6.type == 143 && ipv6.dst != ff02::16) || (igmp && ip.dst != 224.0.0.22)";
        Assert.Empty(Lines(file, $"eth.src == {own} && ({Bad})"));
    }

    private static string[] Lines(string capture, string filter)
    {
        ProcessRun run = ProcessRunner.Run(
            Peer.Require("tshark"), ["-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-Y", filter]);
        Assert.True(run.ExitCode == 0 || run.Errors.Contains("cut short", StringComparison.Ordinal), run.ToString());
        return run.OutputLines;
    }

    /// <summary>
    /// The wan's cable goes through a switch, which asks who listens to what: once it has the link-local address to ask from. Without one
    /// it delivers everything, and asks again two minutes later.
    /// </summary>
    private static void PutBetween(LiveNetwork network, Host middle)
    {
        network.Box.Ip("link", "delete", "eth1");
        Host.Connect(network.Box, "eth1", middle, "p1");
        Host.Connect(network.Wan, "wan0", middle, "p2");
        network.Wan.AddAddress("wan0", "10.2.0.2/24");
        network.Wan.AddAddress("wan0", "fd02::2/64");
        middle.Ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "1", "mcast_mld_version", "2",
            "mcast_startup_query_interval", "100", "mcast_query_response_interval", "100");
        middle.Ip("link", "set", "p1", "master", "br0");
        middle.Ip("link", "set", "p2", "master", "br0");
        middle.Succeed("sysctl", "-qw", "net.ipv6.conf.br0.accept_dad=0");
        middle.Ip("link", "set", "br0", "up");
        string ownAddress() => middle.Ip("-6", "addr", "show", "dev", "br0", "scope", "link", "-tentative");
        Eventually.Is(() => ownAddress().Contains("inet6 fe80:", StringComparison.Ordinal));
        middle.Ip("link", "set", "br0", "type", "bridge", "mcast_querier", "1");
    }

    /// <summary>Whether of two questions that to a group nobody listens to stays away from the appliance, and the other comes.</summary>
    private static bool IsKeptFrom(LiveNetwork network, Background watching)
    {
        int seenOf(string group) => watching.Output.Count(line => line.Contains($"> {group}:", StringComparison.Ordinal));
        (int strangers, int own) = (seenOf(StrangersGroup), seenOf(OwnGroup));
        Assert.False(network.Wan.Pings(Stranger));
        network.Wan.Ip("neigh", "flush", "dev", "wan0");
        Assert.True(network.Wan.Pings("fd02::1"));
        watching.Until(() => seenOf(OwnGroup) > own, "nobody asks for the appliance");
        return seenOf(StrangersGroup) == strangers;
    }
}
