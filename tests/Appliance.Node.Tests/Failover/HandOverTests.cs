using Appliance.Engine;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>What was handed over, and no word of it arrived on the wires: only the lane lives, over its own link.</summary>
public sealed class HandOverTests
{
    private const string SecondGroup = "    - {vhid: 2", NoSecondGroup = "    # - {vhid: 2";

    private static readonly PortId Lan = new(0), Wan = new(1);

    [Theory]
    [InlineData(true, "on", false)]
    [InlineData(false, "on", false)]
    [InlineData(false, "off", false)]
    [InlineData(false, "on", true)]
    public void The_better_boxs_groups_are_the_peers_at_once(bool isOne, string preempt, bool isMaintenance)
    {
        using PairBench bench = new(box => Pair(box, isOne).Replace("preempt: on", $"preempt: {preempt}", StringComparison.Ordinal));
        bench.Run(20 * Second);
        Assert.Equal((All("MASTER"), All("BACKUP")), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Cut.UnionWith([Lan, Wan]);
        if (isMaintenance) bench.Boxes[0].SetMaintenance(isOn: true, bench.Now);
        else bench.Boxes[0].HandOver(bench.Now);
        bench.Run(100 * Millisecond);
        Assert.Equal((All("BACKUP"), All("MASTER")), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Cut.Clear();
        bench.Told.Clear();
        bench.Run(30 * Second);
        Assert.Empty(bench.Told);
        if (isMaintenance) bench.Boxes[0].SetMaintenance(isOn: false, bench.Now);
        else bench.Boxes[0].TakeBack(bench.Now);
        bench.Run(12 * Second);
        string there = preempt == "on" || !isMaintenance ? "MASTER" : "BACKUP";
        Assert.Equal(All(there), bench.StatesOf(0));

        string All(string state) => isOne ? state : $"{state} {state}";
    }

    /// <summary>The other's own ones it only lends.</summary>
    [Fact]
    public void Who_shares_the_load_has_all_at_once_and_gives_back_what_it_was_lent()
    {
        using PairBench bench = new(box => Yaml(box).Replace(
            $"[203.0.113.10/24], password: sesame, advskew: {100 * box}",
            $"[203.0.113.10/24], password: sesame, advskew: {100 * (1 - box)}",
            StringComparison.Ordinal));
        bench.Run(20 * Second);
        Assert.Equal(("MASTER BACKUP", "BACKUP MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Cut.UnionWith([Lan, Wan]);
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(100 * Millisecond);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Cut.Clear();
        bench.Told.Clear();
        bench.Run(30 * Second);
        Assert.Empty(bench.Told);
        bench.Boxes[0].TakeBack(bench.Now);
        bench.Run(2 * Second);
        Assert.Equal(("MASTER BACKUP", "BACKUP MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    private static string Pair(int box, bool isOne) =>
        isOne ? Yaml(box).Replace(SecondGroup, NoSecondGroup, StringComparison.Ordinal) : Yaml(box);
}
