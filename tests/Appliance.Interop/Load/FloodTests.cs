using Appliance.Interop.Live;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>
/// Floods, alone: the queues of a processor in which frames of virtual cables wait are of all namespaces, and what overflows there is taken
/// from whoever else is under way.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class FloodTests
{
    [Fact]
    public void A_flood_of_syns_takes_no_connection_from_those_that_live()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(
            LiveNetwork.Ports, FirewallTests.Home + "pass in on wan inet proto tcp from any to 10.1.0.2 port 80\n");
        using Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.2.0.2", "5001"));
        serving.AwaitLine("serving");
        const int Connections = 1000;
        using Background living = network.Lan.Start(
            Peer.Python, LiveNetwork.Script("connections.py", "10.2.0.2", "5001", $"{Connections}"));
        living.AwaitLine($"{Connections} open");

        network.Wan.Ip("route", "add", "10.1.0.0/24", "via", "10.2.0.1");
        int syns = TestSize.Of(person: 50_000, server: 300_000, soak: 3_000_000);
        using Background flooding = network.Wan.Start(
            "hping3", "-q", "-S", "--rand-source", "-p", "80", "-i", "u10", "-c", $"{syns}", "10.1.0.2");
        for (int round = 1; !flooding.HasEnded; round++)
        {
            living.Tell($"round {round}");
            living.AwaitLine($"round {round}: {Connections} answered");
        }

        living.Tell("last");
        living.AwaitLine($"last: {Connections} answered");
        Assert.DoesNotContain(living.Output, line => line.StartsWith("lost", StringComparison.Ordinal));
        Assert.False(appliance.HasEnded);
    }
}
