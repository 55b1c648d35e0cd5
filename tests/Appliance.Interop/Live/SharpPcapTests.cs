using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Ports by libpcap, where the program was built with them (<c>make test-sharppcap</c>).</summary>
public sealed class SharpPcapTests
{
    private const string Rules = "nat on wan inet from (lan:network) to any -> (wan)\nblock all\npass in on lan\npass out\n";

    private static readonly string Ports = LiveNetwork.Ports.Replace("af-packet", "sharppcap", StringComparison.Ordinal);

    [Fact]
    public void Hosts_reach_each_other_by_devices_of_libpcap()
    {
        using var network = new LiveNetwork(offloads: false);
        network.Write(Ports);
        ProcessRun check = ApplianceProgram.Run("check", "--config", network.ConfigurationFile);
        bool isIn = !check.Errors.Contains("WithSharpPcap", StringComparison.Ordinal);
        Assert.SkipUnless(isIn, "needs a program built with -p:WithSharpPcap=true");
        Background appliance = network.Run(Ports, Rules);
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));
        Eventually.Is(() => network.Lan.Pings("fd02::2"));              // its duplicates are looked for first
        using Background serving = network.Wan.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.2.0.2", "5001"));
        serving.AwaitLine("serving");
        network.Lan.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.2.0.2", "5001", "3000000", "4"));
        Assert.False(network.Wan.Pings("10.1.0.2"));
        network.Wan.Ip("link", "delete", "wan0");
        appliance.AwaitLine("port wan: its device eth1 is gone");
        network.ConnectWan();
        Eventually.Is(() => network.Lan.Pings("10.2.0.2"));
    }
}
