using System.Text.Json;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// Where hosts know a box by the MAC addresses of its ports they go on speaking to it when it is back. What it forwarded before it has the
/// peer's states it would translate as if it were new: so it asks first. A lane that is patient makes the time in which it asks a long one.
/// </summary>
public sealed class AskingTests
{
    private const string There = "10.2.0.2";
    private const int Some = 50;                                        // frames that were not forwarded

    [Fact]
    public void A_box_by_its_ports_own_mac_forwards_nothing_while_it_asks_and_at_once_when_its_pair_is_taken_away()
    {
        using PairNetwork network = WithKnownPorts();
        using Background pinging = Ping(network);
        Background box = network.Run(0, edit: ByPortMac);
        Eventually.Is(() => StandingBy(network) >= Some);
        Assert.DoesNotContain(pinging.Output, line => line.Contains("bytes from", StringComparison.Ordinal));
        Assert.NotEqual("MASTER", network.StatesOf(0));

        network.Write(0, edit: Alone);
        box.Signal("HUP");
        pinging.AwaitLine("bytes from");
    }

    /// <summary>
    /// The control: by virtual MAC addresses nobody speaks to a box that is not master, and what is for its own ports it routes.
    /// </summary>
    [Fact]
    public void By_virtual_mac_addresses_it_forwards_at_once_what_is_for_its_own_ports()
    {
        using PairNetwork network = WithKnownPorts();
        using Background pinging = Ping(network);
        network.Run(0, edit: Patient);
        pinging.AwaitLine("bytes from");
        Assert.NotEqual("MASTER", network.StatesOf(0));
        Assert.Equal(0, StandingBy(network));
    }

    /// <summary>Whoever forwards already has nothing to ask for: the states are its own.</summary>
    [Fact]
    public void A_box_that_forwards_goes_on_when_it_becomes_one_of_a_pair()
    {
        using PairNetwork network = WithKnownPorts();
        using Background pinging = Ping(network);
        Background box = network.Run(0, edit: Alone);
        pinging.AwaitLine("bytes from");
        network.Write(0, edit: ByPortMac);
        box.Signal("HUP");
        Eventually.Is(() => network.See(0, "show/carp").GetArrayLength() == 2);
        Assert.True(network.Lan.Pings(There));
        Assert.Equal(0, StandingBy(network));
    }

    /// <summary>Both hosts have the first box's own addresses for the gateways, as those have that knew it before it went.</summary>
    private static PairNetwork WithKnownPorts()
    {
        var network = new PairNetwork();
        Know(network.Lan, PairNetwork.LanGateway, "eth0");
        Know(network.Wan, PairNetwork.WanGateway, "eth1");
        return network;

        void Know(Host host, string gateway, string device)
        {
            string mac = network.Boxes[0].Succeed("cat", $"/sys/class/net/{device}/address").Trim();
            host.Ip("neigh", "replace", gateway, "lladdr", mac, "dev", "eth0", "nud", "permanent");
        }
    }

    private static Background Ping(PairNetwork network) => network.Lan.Start("ping", "-n", "-i", "0.01", There);

    /// <summary>Frames that the first box did not forward because it stands by.</summary>
    private static long StandingBy(PairNetwork network) =>
        network.See(0, "show/counters").TryGetProperty("standby", out JsonElement frames) ? frames.GetInt64() : 0;

    private static string Patient(string yaml) =>
        yaml.Replace(PairNetwork.Detection, "detect-milliseconds: 30000", StringComparison.Ordinal);

    private static string ByPortMac(string yaml) => Patient(yaml)
        .Replace("vhid: 1,", "vhid: 1, mac: port,", StringComparison.Ordinal)
        .Replace("vhid: 2,", "vhid: 2, mac: port,", StringComparison.Ordinal);

    private static string Alone(string yaml) => yaml[..yaml.IndexOf("high-availability:", StringComparison.Ordinal)];
}
