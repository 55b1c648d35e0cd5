using Appliance.Engine;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>Whoever looks at a link often does not take the kernel's lock of all devices each time.</summary>
public sealed class CarrierTests
{
    [Fact]
    public void A_carrier_is_asked_for_once_until_the_kernel_counts_a_change()
    {
        Assert.SkipUnless(File.Exists("/sys/class/net/lo/carrier_changes"), "needs sysfs");
        using var probe = new DeviceProbe("lo", "lan");
        for (int i = 0; i < 100; i++) Assert.Equal(LinkState.Up, probe.LinkAtOnce);
        Assert.Equal(1, probe.Asked);
        probe.ForgetCarrier();
        Assert.Equal(LinkState.Up, probe.LinkAtOnce);
        Assert.Equal(LinkState.Up, probe.LinkAtOnce);
        Assert.Equal(2, probe.Asked);
    }

    [Fact]
    public void Where_nobody_counts_it_is_asked_for_each_time()
    {
        using var names = new NetworkNamespace();
        names.AddPair("near", "far");
        names.Run(() =>                                                 // with the files of another namespace
        {
            using var probe = new DeviceProbe("near", "lan");
            Assert.Equal(LinkState.Up, probe.LinkAtOnce);
            names.Ip("link", "set", "far", "down");
            Assert.Equal(LinkState.Down, probe.LinkAtOnce);
            names.Ip("link", "set", "far", "up");
            Assert.Equal(LinkState.Up, probe.LinkAtOnce);
            names.Ip("link", "set", "near", "down");
            Assert.Equal(LinkState.Down, probe.LinkAtOnce);
        });
    }
}
