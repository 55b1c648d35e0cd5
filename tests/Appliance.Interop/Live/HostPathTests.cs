using System.Text.Json;
using Appliance.Tests;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>The host on which the program runs, seen from outside by its ports' addresses, and as a client of the world.</summary>
public sealed class HostPathTests
{
    private const string WithoutHost = """
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24, "fd01::1/64"], host-path: off}
          wan: {backend: af-packet, device: eth1, addresses: [10.2.0.1/24, "fd02::1/64"], host-path: off}

        """;

    [Theory]
    [Variation("10.1.0.1")]
    [InlineData("fd01::1")]
    [InlineData("10.2.0.1")]                // of the port on the other side
    public void The_host_answers_what_comes_in_fragments(string own)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        foreach (string size in new[] { "56", "8000", "65000" })
        {
            ProcessRun ping = network.Lan.Run("ping", "-n", "-c", "3", "-i", "0.05", "-W", "5", "-s", size, own);
            Assert.True(ping.Output.Contains(" 0% packet loss", StringComparison.Ordinal), $"{ping}\n{appliance}");
        }
    }

    [Fact]
    public void Without_a_host_path_nobody_answers_there()
    {
        using var network = new LiveNetwork();
        network.Run(WithoutHost);
        Assert.Equal(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "5", "10.1.0.1").ExitCode);
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "2", "-i", "0.1", "-W", "1", "-s", "65000", "10.1.0.1").ExitCode);
        Assert.DoesNotContain("host-", network.Box.Ip("link", "show"), StringComparison.Ordinal);
    }

    [Theory]
    [Variation("10.1.0.1", "vcpus: 1\n")]
    [Variation("10.1.0.1", "vcpus: 2\n")]
    [Variation("fd01::1", "vcpus: 2\n")]
    [InlineData("10.2.0.1", "vcpus: 2\n")]
    [InlineData("fd02::1", "vcpus: 2\n")]
    public void A_service_of_the_host_is_reached_across_the_appliance(string own, string vcpus)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, vcpus: vcpus);
        using Background serving = Serve(network.Box, own);
        int bytes = TestSize.Of(person: 2 << 20, server: 32 << 20, soak: 1 << 28);
        ProcessRun sent = network.Lan.Run(Peer.Python, LiveNetwork.Script("stream.py", "send", own, "5001", $"{bytes}", "4"));
        Assert.True(sent.ExitCode == 0, $"{sent}\n{appliance}");
    }

    [Fact]
    public void The_ruleset_says_who_reaches_the_host_and_whom_the_host_reaches()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, "block all\npass in on lan proto tcp to port 5001\npass out on lan\n");
        using Background serving = Serve(network.Box, "10.1.0.1");
        using Background elsewhere = Serve(network.Lan, "10.1.0.2");
        using Background outside = Serve(network.Wan, "10.2.0.2");
        ProcessRun allowed = network.Lan.Run(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.1.0.1", "5001", "100000", "2"));
        Assert.True(allowed.ExitCode == 0, $"{allowed}\n{appliance}");
        network.Box.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.1.0.2", "5001", "100000", "1"));
        Assert.True(Reaches(network.Box, "10.1.0.2"));
        Assert.False(Reaches(network.Wan, "10.1.0.1"));
        Assert.False(Reaches(network.Box, "10.2.0.2"));
    }

    [Fact]
    public void The_host_is_a_client_behind_its_own_translation()
    {
        using var network = new LiveNetwork();
        const string Rules = """
            nat on wan inet from any to any -> (wan)
            rdr on wan inet proto tcp from any to (wan) port 8001 -> (wan) port 5001
            block all
            pass in on wan proto tcp to port 5001
            pass out on wan

            """;
        Background appliance = network.Run(LiveNetwork.Ports, Rules);
        using Background serving = Serve(network.Wan, "10.2.0.2");
        ProcessRun sent = network.Box.Run(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.2.0.2", "5001", "1000000", "8"));
        Assert.True(sent.ExitCode == 0, $"{sent}\n{appliance}");
        using Background own = Serve(network.Box, "10.2.0.1");
        ProcessRun redirected = network.Wan.Run(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.2.0.1", "8001", "1000000", "8"));
        Assert.True(redirected.ExitCode == 0, $"{redirected}\n{appliance}");
    }

    [Fact]
    public void Changes_that_are_applied_give_and_take_the_hosts_ends_and_what_is_learned_there_while_frames_flow()
    {
        const string Rules = "nat on wan inet from (lan:network) to any -> (wan)\npass all\n";
        string wan(string addresses) =>
            LiveNetwork.Ports.Replace("[10.2.0.1/24, \"fd02::1/64\"]", addresses, StringComparison.Ordinal);
        string own = wan("[10.2.0.1/24, dhcp], host-path: office"), learning = wan("[dhcp]");
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.PortsAlone, Rules);
        using Background living = network.Lan.Start("ping", "-n", "-i", "0.02", "-W", "5", "10.1.0.1");
        living.AwaitLine("icmp_seq=5 ");
        Assert.DoesNotContain("host-wan", network.Box.Ip("link", "show"), StringComparison.Ordinal);

        Apply(network, own, Rules);
        Eventually.Is(() => network.Box.Ip("addr", "show", "dev", "office").Contains("10.2.0.1/24", StringComparison.Ordinal));
        network.Box.Ip("addr", "add", "10.2.0.77/24", "dev", "office");
        Eventually.Is(() => network.Wan.Pings("10.2.0.77"));

        Apply(network, learning, Rules);                                // another end, which has nothing yet
        Eventually.Is(() => network.Box.Ip("link", "show").Contains("host-wan", StringComparison.Ordinal));
        Assert.DoesNotContain("office", network.Box.Ip("link", "show"), StringComparison.Ordinal);
        Eventually.Is(() => !network.Wan.Pings("10.2.0.77"));
        Assert.False(network.Lan.Pings("10.2.0.2"));
        network.Box.Ip("addr", "add", "10.2.0.88/24", "dev", "host-wan");
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));             // (wan) is that one now
        Assert.Contains("10.2.0.88/24", network.Show("ports"), StringComparison.Ordinal);

        Apply(network, LiveNetwork.PortsAlone, Rules);
        Eventually.Is(() => !network.Wan.Pings("10.2.0.88"));
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));
        Assert.DoesNotContain("host-wan", network.Box.Ip("link", "show"), StringComparison.Ordinal);
        living.Signal("INT");
        Assert.Contains(" 0% packet loss", living.AwaitEnd().Output, StringComparison.Ordinal);
        Assert.False(appliance.HasEnded);
    }

    /// <summary>Who starts clients reads the alias, and whether the kernel learns from routers is a setting of the device.</summary>
    [Fact]
    public void How_a_port_gets_its_addresses_changes_without_a_restart_and_back()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports);
        string dynamic = LiveNetwork.Ports.Replace("[10.2.0.1/24, \"fd02::1/64\"]", "[dhcp, slaac]", StringComparison.Ordinal);
        string end = network.Box.Ip("-j", "link", "show", "host-wan");
        Assert.Equal(("", "0", "0"), Learning(network));
        Apply(network, dynamic, null);
        Assert.Equal(("dhcp", "2", "1"), Learning(network));
        Apply(network, LiveNetwork.Ports, null);
        Assert.Equal(("", "0", "0"), Learning(network));
        Assert.Equal(IndexOf(end), IndexOf(network.Box.Ip("-j", "link", "show", "host-wan")));  // the same end all the while
    }

    private static int IndexOf(string link) => JsonDocument.Parse(link).RootElement[0].GetProperty("ifindex").GetInt32();

    private static (string Alias, string AcceptRa, string Autoconf) Learning(LiveNetwork network) => (
        network.Box.Succeed("cat", "/sys/class/net/host-wan/ifalias").Trim(),
        network.Box.Succeed("cat", "/proc/sys/net/ipv6/conf/host-wan/accept_ra").Trim(),
        network.Box.Succeed("cat", "/proc/sys/net/ipv6/conf/host-wan/autoconf").Trim());

    [Fact]
    public void Nothing_of_the_host_path_outlives_a_kill()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        Assert.Contains("host-lan", network.Box.Ip("link", "show"), StringComparison.Ordinal);
        appliance.Signal("KILL");
        appliance.AwaitEnd();
        Assert.DoesNotContain("host-", network.Box.Ip("link", "show"), StringComparison.Ordinal);
        network.Run(LiveNetwork.Ports);
        Assert.Equal(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "5", "-s", "8000", "10.1.0.1").ExitCode);
    }

    private static bool Reaches(Host host, string address) =>
        host.Run("timeout", "3", "bash", "-c", $"exec 3<>/dev/tcp/{address}/5001").ExitCode == 0;

    private static void Apply(LiveNetwork network, string yaml, string? rules)
    {
        network.Write(yaml, rules);
        ProcessRun applied = ApplianceProgram.Run("config", "apply", network.ConfigurationFile);
        Assert.True(applied.ExitCode == 0, applied.ToString());         // a port may have no address yet, of which it warns
    }

    private static Background Serve(Host host, string address)
    {
        Background serving = host.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", address, "5001"));
        serving.AwaitLine("serving");
        return serving;
    }
}
