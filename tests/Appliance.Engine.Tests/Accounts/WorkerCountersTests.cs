using Xunit;

namespace Appliance.Engine.Tests.Accounts;

public sealed class WorkerCountersTests
{
    [Fact]
    public void Drops_add_up_over_the_reasons()
    {
        var counters = new WorkerCounters(ports: 1);
        foreach (DropReason reason in Enum.GetValues<DropReason>())
            counters.Drop(reason, 1 + (int)reason);
        Assert.Equal(DropReasonNames.Count * (DropReasonNames.Count + 1) / 2, counters.Dropped);
        Assert.Equal(1 + (int)DropReason.Mtu, counters.Drops[(int)DropReason.Mtu]);
    }

    [Fact]
    public void Ports_are_counted_apart_and_can_be_added_up_over_the_workers()
    {
        var counters = new WorkerCounters(ports: 2);
        counters.Port(0) = new PortCounters { FramesIn = 1, BytesIn = 2, FramesOut = 3, BytesOut = 4, FramesDropped = 5 };
        counters.Port(1).FramesIn = 10;
        PortCounters sum = counters.Ports[1];
        sum.Add(counters.Ports[0]);
        sum.Add(counters.Ports[0]);
        Assert.Equal(new PortCounters { FramesIn = 12, BytesIn = 4, FramesOut = 6, BytesOut = 8, FramesDropped = 10 }, sum);
    }
}
