using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Rulesets on real traffic.</summary>
public sealed class FirewallTests
{
    private const string Home = """
        nat on wan inet from (lan:network) to any -> (wan)
        block all
        pass in on lan from (lan:network) to any
        pass in on wan inet proto icmp from any to (wan) icmp-type echoreq
        pass out on lan all
        pass out on wan inet from (wan) to any
        pass out on wan inet6 all

        """;

    [Fact]
    public void Behind_nat_hosts_reach_the_world_under_the_appliances_address_and_the_world_reaches_nobody()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, Home);
        using Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.2.0.2", "5001"));
        serving.AwaitLine("serving");
        using Background watching = network.Wan.Start("tcpdump", "-n", "-l", "-i", "wan0", "tcp[tcpflags] & tcp-syn != 0 and dst 10.2.0.2");
        watching.AwaitLine("listening on");
        network.Lan.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.2.0.2", "5001", "3000000", "4"));
        watching.AwaitLine("10.2.0.1.");
        Assert.DoesNotContain(watching.Output, line => line.Contains("10.1.0.2", StringComparison.Ordinal));

        Assert.Equal(0, network.Lan.Run("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2").ExitCode);
        Assert.Equal(0, network.Wan.Run("ping", "-n", "-c", "2", "-W", "5", "10.2.0.1").ExitCode);
        Assert.NotEqual(0, network.Wan.Run("ping", "-n", "-c", "2", "-W", "1", "10.1.0.2").ExitCode);
    }

    [Fact]
    public void What_no_rule_passes_is_blocked_both_ways()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, "block all\n");
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "2", "-W", "1", "10.2.0.2").ExitCode);
        Assert.NotEqual(0, network.Wan.Run("ping", "-n", "-c", "2", "-W", "1", "10.1.0.2").ExitCode);
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "2", "-W", "1", "fd02::2").ExitCode);
    }
}
