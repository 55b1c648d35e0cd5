using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>A box that has its lane no more, or another, on purpose: its silence there is not its end.</summary>
public sealed class LaneEndTests
{
    private static readonly string OtherKey = new('a', 64);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_master_that_ends_its_lane_stays_the_only_one(bool isOtherKey)
    {
        using PairBench bench = Settled();
        bench.Told.Clear();
        FailoverPlan then = isOtherKey ? bench.Plan(0, Yaml(0), OtherKey) : bench.Plan(0, Yaml(0, lane: ""));
        bench.Boxes[0].Adopt(then, bench.Now);
        bench.Run(20 * Second);
        Assert.Empty(bench.Told);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(0);
        Assert.Equal("MASTER MASTER", bench.Run(4 * Second).StatesOf(1));
    }

    [Fact]
    public void It_says_so_by_every_path_before_it_is_silent()
    {
        using PairBench bench = Settled();
        bench.Sent.Clear();
        bench.Boxes[0].Adopt(bench.Plan(0, Yaml(0, lane: "")), bench.Now);
        bench.Run(0);
        Assert.False(bench.Boxes[1].Lane!.DoesPeerHear);
        Assert.Equal(LaneState.Present, bench.Boxes[1].Lane!.State);
    }

    private static PairBench Settled()
    {
        var bench = new PairBench(box => Yaml(box));
        bench.Run(20 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        return bench;
    }
}
