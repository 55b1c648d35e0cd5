using Appliance.Interop.Load;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A port that is received on the workers' processors (<c>rps: on</c>), and the device's own choice behind it.</summary>
public sealed class ReceiveSteeringTests
{
    private const string Own = "0";                                     // nobody's choice

    [Fact]
    public void A_device_is_received_where_the_workers_are_until_they_end_in_order()
    {
        using var network = new LiveNetwork();
        LoadNetwork.Spread(network.Box, "eth0", Own);
        LoadNetwork.Spread(network.Box, "eth1", Own);
        Background killed = Start(network);
        killed.Signal("KILL");
        killed.AwaitEnd();

        Background next = Start(network);                               // finds the choice of the one before
        Assert.True(network.Lan.Pings("10.2.0.2"));
        next.Signal("TERM");
        next.AwaitEnd();
        Assert.Equal(Own, MaskOf(network, "eth0"));
    }

    [Fact]
    public void What_an_operator_chose_is_chosen_again_behind_it()
    {
        Assert.SkipUnless(LoadNetwork.FirstProcessor != LoadNetwork.LastProcessor, "needs two processors");
        using var network = new LiveNetwork();
        LoadNetwork.Spread(network.Box, "eth0", LoadNetwork.LastProcessor);
        LoadNetwork.Spread(network.Box, "eth1", Own);
        Background appliance = Start(network);
        network.Write("ports: {wan: {backend: af-packet, device: eth1, host-path: off}}\n", "pass all\n", "vcpus: 1\n");
        appliance.Signal("HUP");
        appliance.AwaitLine("reloaded");
        Eventually.Is(() => MaskOf(network, "eth0") == LoadNetwork.LastProcessor);
    }

    /// <summary>With one worker, on the first processor.</summary>
    private static Background Start(LiveNetwork network)
    {
        Background appliance = network.Run(LiveNetwork.Steered(LiveNetwork.PortsAlone), "pass all\n", "vcpus: 1\n");
        Assert.Equal((LoadNetwork.FirstProcessor, Own), (MaskOf(network, "eth0"), MaskOf(network, "eth1")));
        return appliance;
    }

    private static string MaskOf(LiveNetwork network, string device)
    {
        string mask = network.Box.Succeed("cat", $"/sys/class/net/{device}/queues/rx-0/rps_cpus").Trim().TrimStart('0');
        return mask.Length > 0 ? mask : Own;
    }
}
