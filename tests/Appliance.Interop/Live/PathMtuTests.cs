using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A link behind the appliance takes less than the one before it: senders are told, and believe it (RFC 1191, RFC 8201).</summary>
public sealed class PathMtuTests
{
    private const int Small = 1400;

    [Theory]
    [Variation("10.2.0.2", true, null)]
    [Variation("10.2.0.2", false, null)]
    [InlineData("10.2.0.2", true, "nat on wan inet from (lan:network) to any -> (wan)\npass all\n")]
    [Variation("fd02::2", true, null)]
    [InlineData("fd02::2", false, null)]
    [Variation("fd02::2", true, "pass all\n")]
    public void A_sender_learns_of_a_smaller_link_and_its_stream_comes_whole(string server, bool offloads, string? ruleset)
    {
        using LiveNetwork network = Narrowed(offloads);
        Background appliance = network.Run(LiveNetwork.Ports, ruleset);
        using Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", server, "5001"));
        serving.AwaitLine("serving");
        using Background watching = network.Wan.Start("tcpdump", "-n", "-l", "-i", "wan0", $"greater {Small + 15} and dst {server}");
        watching.AwaitLine("listening on");
        network.Lan.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", server, "5001", "2000000", "2"));

        string route = network.Lan.Ip("route", "get", server);
        Assert.True(route.Contains($"mtu {Small}", StringComparison.Ordinal), $"{route}\n{appliance}");
        if (!offloads) Assert.DoesNotContain(watching.Output, line => line.Contains(server, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.2.0.2", Small - 28)]
    [InlineData("fd02::2", Small - 48)]
    public void A_datagram_that_may_not_be_cut_is_answered_with_the_size_that_fits(string target, int fits)
    {
        using LiveNetwork network = Narrowed(offloads: true);
        network.Run(LiveNetwork.Ports);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "-M", "do", "-s", $"{fits}", target);
        ProcessRun refused = network.Lan.Run("ping", "-n", "-c", "2", "-W", "2", "-M", "do", "-s", $"{fits + 1}", target);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches($"mtu ?= ?{Small}", refused.Output + refused.Errors);
    }

    [Fact]
    public void One_that_may_be_cut_is_cut()
    {
        using LiveNetwork network = Narrowed(offloads: true);
        network.Run(LiveNetwork.Ports);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "-M", "dont", "-s", "1472", "10.2.0.2");
    }

    /// <summary>The host behind the link takes, and promises to take, what the link does not; who is translated is its neighbour.</summary>
    private static LiveNetwork Narrowed(bool offloads)
    {
        var network = new LiveNetwork(offloads);
        network.Box.Ip("link", "set", "eth1", "mtu", $"{Small}");
        network.Box.SetOffloads("eth1", offloads);                      // off: what leaves as one large frame is cut before the cable
        network.Wan.Ip("route", "replace", "default", "via", "10.2.0.1", "mtu", $"{Small}", "advmss", "1460");
        network.Wan.Ip("route", "replace", "10.2.0.0/24", "dev", "wan0", "mtu", $"{Small}", "advmss", "1460");
        network.Wan.Ip("-6", "route", "replace", "default", "via", "fd02::1", "mtu", $"{Small}", "advmss", "1440");
        return network;
    }
}
