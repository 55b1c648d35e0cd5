using Appliance.Engine;
using Appliance.Testing;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Named stories of a pair, each over many moments at which it may happen.</summary>
public sealed class PairScenarioTests(ITestOutputHelper output)
{
    private static readonly int Seeds = TestSize.Of(person: 100, server: 500, soak: 20_000);

    [Fact]
    public void A_killed_master_is_replaced_within_three_bases_and_the_skew()
    {
        List<long> gaps = Gaps(world => world.Boxes[0].Kill(), skew: 100);
        Assert.InRange(gaps[^1], 2 * Second, (3 * Second) + (100 * Skew));
        Print("killed", gaps);
    }

    [Fact]
    public void An_orderly_stop_is_followed_at_once()
    {
        List<long> gaps = Gaps(world => world.Boxes[0].Do(node => node.Stop(world.Now)), skew: 100);
        Assert.InRange(gaps[^1], 1, Second / 500);
        Print("stopped", gaps);
    }

    [Fact]
    public void Maintenance_and_handing_over_are_followed_at_once()
    {
        Assert.InRange(Gaps(world => world.Boxes[0].Do(node => node.SetMaintenance(true, world.Now)), skew: 0)[^1], 0, Second / 500);
        Assert.InRange(Gaps(world => world.Boxes[0].Do(node => node.HandOver(world.Now)), skew: 0)[^1], 1, Second / 500);
    }

    /// <summary>The peer preempts because of the demotion: the side that still lives moves within a round trip.</summary>
    [Fact]
    public void A_dead_port_moves_the_other_side_too()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed, skew: 100, preempts: true);
            world.Boxes[0].SetPort(Wan, LinkState.Down);
            world.Run(Second / 100);
            Assert.Equal(1, world.MasterOf("2@lan"));
            world.Run((3 * Second) + (100 * Skew));
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        }
    }

    [Fact]
    public void The_better_box_comes_back_after_the_hold_down_with_both_sides_at_once()
    {
        List<long> apart = [];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed, skew: 100, preempts: true);
            world.Boxes[0].Kill();
            world.Run(6 * Second);
            world.Boxes[0].Start();
            world.Run(10 * Second - (Second / 100));
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            int before = world.History.Count;
            world.Run(2 * Second);
            Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            double[] taken = [.. world.History.Skip(before).Where(line => line.Contains(" 0 ", StringComparison.Ordinal)).Select(Time)];
            apart.Add((long)((taken[1] - taken[0]) * Second));
        }

        Assert.All(apart, between => Assert.Equal(0, between));
    }

    [Fact]
    public void A_partition_makes_two_masters_and_its_end_makes_one_within_an_interval()
    {
        long longest = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed, skew: 100, preempts: true);
            for (int wire = 0; wire < 2; wire++) (world.Cut[wire, 0], world.Cut[wire, 1]) = (true, true);
            world.Run(5 * Second);
            Assert.Equal((2, 2), (world.MastersOf("1@wan"), world.MastersOf("2@lan")));
            for (int wire = 0; wire < 2; wire++) (world.Cut[wire, 0], world.Cut[wire, 1]) = (false, false);
            MonotonicTime healed = world.Now;
            while (world.MastersOf("1@wan") != 1 || world.MastersOf("2@lan") != 1) world.Run(Second / 1000);
            longest = Math.Max(longest, world.Now - healed);
            Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        }

        output.WriteLine($"healed within {longest / (Second / 1000)} ms");
        Assert.InRange(longest, 0, Second + (Second / 100));
    }

    [Fact]
    public void A_frozen_master_wakes_as_backup_and_says_nothing()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed, skew: 100, preempts: false);
            world.Boxes[0].Freeze();
            world.Run(10 * Second);
            Assert.Equal((2, 2), (world.MastersOf("1@wan"), world.MastersOf("2@lan")));       // its data plane does not know yet
            long frames = world.Frames;
            world.Boxes[0].Thaw();
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            Assert.Equal(frames, world.Frames);
        }
    }

    /// <summary>Switched on together, with one skew and a wire that is equally slow both ways.</summary>
    [Fact]
    public void Equals_that_take_over_together_do_not_do_so_for_ever()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            CarpNodeSettings equal = Settings(OnWan(), OnLan()) with { Preempts = true };
            var world = new PairWorld(seed, equal, equal);
            world.Begin();
            world.Run(20 * Second);
            Assert.Equal((1, 1), (world.MastersOf("1@wan"), world.MastersOf("2@lan")));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(255)]
    public void No_demotion_makes_two_masters(int demotion)
    {
        foreach (SimulatedBox[] demoted in new[] { (int[])[0], [1], [0, 1] }.Select(indices => indices.Select(BoxOf).ToArray()))
        {
            PairWorld world = _world!;
            foreach (SimulatedBox box in demoted) box.Do(node => node.AdjustDemotion(demotion, world.Now));
            world.Run(10 * Second);
            Assert.Equal((1, 1), (world.MastersOf("1@wan"), world.MastersOf("2@lan")));
        }
    }

    /// <summary>One advertisement in ten lost: three in a row are rare, and a hold-down keeps the flaps apart.</summary>
    [Fact]
    public void A_lossy_wire_makes_few_takeovers()
    {
        PairWorld world = Settled(1, skew: 100, preempts: true);
        int before = world.History.Count;
        world.Loss = 0.10;
        world.Run(3600 * Second);
        int takeovers = world.History.Skip(before).Count(line => line.Contains("takes", StringComparison.Ordinal));
        output.WriteLine($"{takeovers} takeovers in an hour at 10 % loss");
        Assert.InRange(takeovers, 0, 2 * 3600 / 1000 * 3);            // 3,600 intervals, one in a thousand silent, two groups, to and fro
    }

    private PairWorld? _world;

    private SimulatedBox BoxOf(int index)
    {
        if (index == 0 || _world is null) _world = Settled(7, skew: 100, preempts: true);
        return _world.Boxes[index];
    }

    /// <summary>How long each group had no master, over many moments of the same event; ascending.</summary>
    private static List<long> Gaps(Action<PairWorld> happens, byte skew)
    {
        List<long> gaps = [];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed, skew, preempts: false);
            (world.LongestNone, world.LongestTwo) = (0, 0);
            happens(world);
            world.Run(5 * Second);
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            Assert.Equal(0, world.LongestTwo);
            gaps.Add(world.LongestNone);
        }

        gaps.Sort();
        return gaps;
    }

    /// <summary>Box 0 is master of both groups, at a moment that depends on the seed.</summary>
    private static PairWorld Settled(int seed, byte skew, bool preempts)
    {
        CarpNodeSettings better = Settings(OnWan(), OnLan()) with { Preempts = preempts, PreemptHoldDownNanoseconds = 10 * Second };
        var world = new PairWorld(seed, better, better with { Groups = [OnWan(skew: skew), OnLan(skew: skew)] });
        world.Begin();
        if (skew == 0) world.Boxes[0].Do(node => node.Force(node.Groups[0], master: true, world.Now));
        if (skew == 0) world.Boxes[0].Do(node => node.Force(node.Groups[1], master: true, world.Now));
        world.Run((20 * Second) + ((seed * 7_919L % 1000) * (Second / 1000)));
        Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        return world;
    }

    private static double Time(string line) => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private void Print(string what, List<long> gaps) => output.WriteLine(
        $"{what}: {gaps.Count} times, p50 {gaps[gaps.Count / 2] / 1_000_000} ms, p99 {gaps[gaps.Count * 99 / 100] / 1_000_000} ms, " +
        $"longest {gaps[^1] / 1_000_000} ms");
}
