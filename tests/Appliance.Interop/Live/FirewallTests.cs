using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Rulesets on real traffic.</summary>
public sealed class FirewallTests
{
    /// <summary>Of a home: who is at the lan reaches the world, and nobody there reaches the lan.</summary>
    internal const string Home = """
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
    public void A_scan_by_nmap_finds_what_is_forwarded_and_nothing_else()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, "rdr on wan inet proto tcp from any to (wan) port 8080 -> 10.1.0.2 port 80\n" + Home + """
            pass in on wan inet proto tcp from any to 10.1.0.2 port 80
            block return in on wan inet proto tcp from any to (wan) port 81

            """);
        using Background serving = network.Lan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.1.0.2", "80"));
        using Background hidden = network.Lan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.1.0.2", "8000"));
        serving.AwaitLine("serving");
        hidden.AwaitLine("serving");
        string seen = network.Wan.Succeed(
            "nmap", "-n", "-Pn", "-sS", "--min-rate", "500", "--max-retries", "3", "-p", "1-100,8000,8080", "-oG", "-", "10.2.0.1");
        Assert.Contains("8080/open/tcp", seen, StringComparison.Ordinal);
        Assert.Contains("81/closed/tcp", seen, StringComparison.Ordinal);
        Assert.Equal(2, seen.Split("/tcp/").Length - 1);
        Assert.Contains("Ignored State: filtered (100)", seen, StringComparison.Ordinal);

        string around = network.Wan.Succeed(
            "nmap", "-n", "-Pn", "-sS", "--min-rate", "500", "--max-retries", "1", "-p", "79-81,8000", "-oG", "-", "10.1.0.2");
        foreach (string port in (string[])["79/filtered", "80/open", "81/filtered", "8000/filtered"])
            Assert.Contains($" {port}/tcp", around, StringComparison.Ordinal);  // 80 by the rule's words, whoever translated
    }

    [Theory]
    [InlineData("10.1.0.2", "10.1.0.3", "10.2.0.2", "inet")]
    [InlineData("fd01::2", "fd01::3", "fd02::2", "inet6")]
    public void A_refusal_by_icmp_comes_back_through_nat_to_who_asked_and_to_nobody_else(
        string asking, string silent, string target, string family)
    {
        using var network = new LiveNetwork();
        network.Lan.AddAddress("lan0", family == "inet" ? $"{silent}/24" : $"{silent}/64");
        string translation = $"nat on wan {family} from (lan:network) to any -> (wan)\n";
        network.Run(LiveNetwork.Ports, translation + "block in on wan\npass in on lan\npass out\n");
        using Background listener = network.Lan.Start(Peer.Python, LiveNetwork.Script("refusals.py", silent, target, "9", "listen"));
        using Background asker = network.Lan.Start(Peer.Python, LiveNetwork.Script("refusals.py", asking, target, "9", "send"));
        listener.AwaitLine("ready");
        asker.AwaitLine("ready");
        listener.Tell("go");
        asker.Tell("go");
        Assert.Contains("refused", asker.AwaitEnd().Output, StringComparison.Ordinal);
        Assert.Contains("nothing", listener.AwaitEnd().Output, StringComparison.Ordinal);
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
