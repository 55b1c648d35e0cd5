using Appliance.Engine;
using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>A pair with more groups than a heartbeat has room for: each tells of them by turns, and the other puts them together.</summary>
public sealed class ManyGroupsTests
{
    private const int More = 100;

    private static readonly PortId Lan = new(0);

    [Fact]
    public void The_side_that_is_apart_comes_to_where_all_the_others_are()
    {
        using PairBench bench = Settled(preempt: "off");
        FailoverControl first = bench.Boxes[0];
        first.Carp.Force(first.Carp.Groups.Single(group => group.Port.Name == "wan"), master: false, bench.Now);
        first.OnLink(Lan, LinkState.Up, bench.Now);
        bench.Run(Second / 2);
        Assert.Equal((More + 1, 1), (MastersOf(bench, 0), MastersOf(bench, 1)));
        bench.Run(2 * Second);
        Assert.Equal((More + 2, 0), (MastersOf(bench, 0), MastersOf(bench, 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(45)]                                                    // 57 are left, which one heartbeat has
    public void A_group_that_the_peer_claims_no_more_is_nobodys(int others)
    {
        using PairBench bench = Settled();
        bench.Cut.Add(Lan);
        bench.Run(10 * Second);
        Assert.Equal(0, MastersOf(bench, 1));
        string less = Yaml(0, More - others).Replace("    - {vhid: 1,", "    # - {vhid: 1,", StringComparison.Ordinal);
        bench.Boxes[0].Adopt(bench.Plan(0, less), bench.Now);
        bench.Run(4 * Second);
        Assert.Equal(1 + others, MastersOf(bench, 1));
        Assert.Equal(More + 1 - others, MastersOf(bench, 0));
    }

    [Fact]
    public void A_dead_master_is_replaced_in_all_of_them_and_handing_over_moves_all()
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(50 * Millisecond);
        Assert.Equal((0, More + 2), (MastersOf(bench, 0), MastersOf(bench, 1)));
        bench.Dead.Add(1);
        bench.Run(25 * Millisecond);
        Assert.Equal(More + 2, MastersOf(bench, 0));
    }

    /// <summary>Which group that is stands in another heartbeat than those that it could have.</summary>
    [Fact]
    public void Nothing_is_handed_over_to_who_lacks_one_of_them()
    {
        using PairBench bench = Settled();
        string less = Yaml(1).Replace("    - {vhid: 2,", "    # - {vhid: 2,", StringComparison.Ordinal);
        bench.Boxes[1].Adopt(bench.Plan(1, less), bench.Now);
        bench.Run(Second);
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(50 * Millisecond);
        Assert.Equal(More + 2, MastersOf(bench, 0));
    }

    private static int MastersOf(PairBench bench, int box) =>
        bench.Boxes[box].Carp.Groups.Count(group => group.State == CarpState.Master);

    private static PairBench Settled(string preempt = "on")
    {
        var bench = new PairBench(box => Yaml(box).Replace("preempt: on", $"preempt: {preempt}", StringComparison.Ordinal));
        bench.Run(20 * Second);
        Assert.Equal((More + 2, 0), (MastersOf(bench, 0), MastersOf(bench, 1)));
        return bench;
    }

    private static string Yaml(int box, int more = More) => PairBench.Yaml(
        box,
        string.Concat(Enumerable.Range(20, more).Select(vhid =>
            $"    - {{vhid: {vhid}, port: lan, addresses: [192.168.1.{vhid}/24], password: sesame, advskew: {100 * box}}}\n"))
            + $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}");
}
