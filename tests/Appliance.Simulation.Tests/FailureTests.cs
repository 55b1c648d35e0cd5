using System.Globalization;
using Appliance.Testing;
using Xunit;
using static Appliance.Simulation.Tests.ScenarioWorld;

namespace Appliance.Simulation.Tests;

/// <summary>Single failures of a whole pair, over many moments at which they may come, and what they cost.</summary>
public sealed class FailureTests(ITestOutputHelper output)
{
    private static readonly int Moments = TestSize.Of(person: 4, server: 8, soak: 1_000);
    private static readonly PairProfile Quick = new() { HeartbeatMilliseconds = 5, Preempts = false };

    [Theory]
    [InlineData((int)FaultKind.Kill)]
    [InlineData((int)FaultKind.Freeze)]
    public void With_the_lane_a_dead_master_is_replaced_within_the_detection_time(int kind)
    {
        List<long> gaps = Gaps(Quick, (FaultKind)kind, after: 100 * Millisecond);
        Assert.InRange(gaps[^1], 10 * Millisecond, 25 * Millisecond);
    }

    [Fact]
    public void Without_it_within_three_intervals_and_the_skew()
    {
        PairProfile profile = Quick with { HeartbeatMilliseconds = 0 };
        List<long> gaps = Gaps(profile, FaultKind.Kill, after: 5 * Second);
        Assert.InRange(gaps[^1], 2 * Second, profile.Silence + (10 * Millisecond));
    }

    [Theory]
    [InlineData((int)FaultKind.Stop)]
    [InlineData((int)FaultKind.HandOver)]
    [InlineData((int)FaultKind.Maintenance)]
    [InlineData((int)FaultKind.Unplug)]
    public void What_is_announced_costs_milliseconds(int kind)
    {
        List<long> gaps = Gaps(Quick, (FaultKind)kind, after: 100 * Millisecond);
        Assert.InRange(gaps[^1], 0, 10 * Millisecond);
    }

    /// <summary>What was told to the peer goes on through it, as it was, and through the first one when it is back.</summary>
    [Theory]
    [InlineData((int)FaultKind.Kill)]
    [InlineData((int)FaultKind.Stop)]
    [InlineData((int)FaultKind.Freeze)]
    [InlineData((int)FaultKind.HandOver)]
    [InlineData((int)FaultKind.Unplug)]
    public void With_the_lane_translated_flows_go_on_through_the_other_box_and_back(int kind)
    {
        int done = 0;
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick with { Translates = true, Preempts = true, Workers = 1 + (int)(seed % 2) }, seed);
            world.Happen((FaultKind)kind, target: 0, lasts: (1 + (long)(seed % 3)) * Second, choice: (int)(seed % 2));
            world.RunFor(15 * Second);
            done += world.Users.Done;
            Assert.Equal(0, world.Users.Excused);
            world.MustBeGood();
        }

        Assert.True(done > Moments);
    }

    /// <summary>As the program: while frames still come it forwards them, and who restarts it waits for its end.</summary>
    [Fact]
    public void A_box_that_ends_in_order_is_there_until_it_has_left_and_begins_again_then()
    {
        using World world = Settled(Quick with { Translates = true });
        SimulatedBox box = world.Boxes[0];
        BoxLife former = box.Life!;
        world.Happen(FaultKind.Stop, target: 0, lasts: Millisecond);
        world.RunFor(100 * Millisecond);
        Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
        Assert.True(box.IsLeaving && box.Life == former && !world.Judge.IsQuiet);
        world.RunFor(Second);
        Assert.True(!box.IsLeaving && box.Life is { } life && life != former && world.Judge.IsQuiet);
        world.RunFor(5 * Second);
        Assert.Equal(0, world.Users.Excused);
        world.MustBeGood();
    }

    /// <summary>Before its loss could be noticed: what it has forgotten is not what has ended.</summary>
    [Fact]
    public void A_master_that_is_back_before_it_is_missed_has_forgotten_no_flow()
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick with { HeartbeatMilliseconds = 100, Translates = true }, seed);
            world.Happen(FaultKind.Kill, target: 0, lasts: (long)(1 + (seed % 50)) * Millisecond);
            world.RunFor(15 * Second);
            Assert.Equal(0, world.Users.Excused);
            world.MustBeGood();
        }
    }

    /// <summary>What is sent by it arrives nowhere, though all is heard by it: states take the path that is whole.</summary>
    [Theory]
    [InlineData(0, 2000)]
    [InlineData(1, 2000)]
    [InlineData(0, 27)]
    [InlineData(1, 27)]
    public void A_sync_link_that_is_deaf_one_way_hides_no_flow_from_who_takes_over(int way, int milliseconds)
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick with { HeartbeatMilliseconds = 20, Translates = true }, seed);
            world.Happen(FaultKind.CutOneWay, target: 4, lasts: 10 * Second, choice: way);
            world.RunFor(8 * Second);
            world.Happen(FaultKind.Kill, target: 0, lasts: milliseconds * Millisecond);
            world.RunFor(15 * Second);
            Assert.Equal(0, world.Users.Excused);
            world.MustBeGood();
        }
    }

    /// <summary>The one knows all flows but the newest, the other none: it is told before it is master, or is none yet.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(399)]
    public void A_box_that_begins_beside_one_that_wakes_has_forgotten_no_flow_that_this_one_knows(int milliseconds)
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick with { HeartbeatMilliseconds = 20, Translates = true }, seed);
            world.Happen(FaultKind.Freeze, target: 1, lasts: 3 * Second, choice: (int)(seed % 2));
            world.RunFor(3 * Second - (milliseconds * Millisecond));
            world.Happen(FaultKind.Kill, target: 0, lasts: (long)(1 + (seed % 50)) * Millisecond);
            world.RunFor(15 * Second);
            world.MustBeGood();
        }
    }

    /// <summary>Whether its workers wake first or its failover, after a blink or after long.</summary>
    [Fact]
    public void A_master_that_was_frozen_says_nothing_and_lets_fall_what_had_come_meanwhile()
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick, seed);
            world.Happen(FaultKind.Freeze, target: 0, lasts: (long)seed * 37 * Millisecond, choice: (int)(seed % 2));
            world.RunFor(((long)seed * 37 * Millisecond) + (5 * Second));
            world.MustBeGood();
        }
    }

    /// <summary>
    /// Who took over from a sleeper and falls asleep alone hears, before it says or forwards anything, that the other is back.
    /// </summary>
    [Fact]
    public void A_master_that_was_alone_when_it_fell_asleep_listens_before_it_acts()
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick, seed);
            world.Happen(FaultKind.Freeze, target: 0, lasts: 500 * Millisecond);
            world.RunFor((499 * Millisecond) + ((long)seed * 100_000));
            Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
            world.Happen(FaultKind.Freeze, target: 1, lasts: 600 * Millisecond, choice: (int)(seed % 2));
            world.RunFor(700 * Millisecond);
            Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
            world.RunFor(5 * Second);
            world.MustBeGood();
        }
    }

    /// <summary>
    /// Adverts of the other wait for it, and it is the better one; of the flows that began meanwhile it has heard nothing yet.
    /// </summary>
    [Theory]
    [InlineData(900)]
    [InlineData(4000)]
    public void A_better_box_that_slept_does_not_preempt_before_it_has_what_it_missed(int milliseconds)
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            PairProfile profile = Quick with { HeartbeatMilliseconds = 20, Translates = true, Preempts = true, HoldDown = 0 };
            using World world = Settled(profile, seed);
            world.Happen(FaultKind.Freeze, target: 0, lasts: milliseconds * Millisecond, choice: (int)(seed % 2));
            world.RunFor((milliseconds + 10) * Millisecond);
            Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
            world.RunFor(4 * Second);
            Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
            world.RunFor(4 * Second);
            Assert.Equal(0, world.Users.Excused);
            world.MustBeGood();
        }
    }

    /// <summary>
    /// Shorter than the peer needs to see it: what came back had nobody, and the better box took it, without the other side, for ever.
    /// </summary>
    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(100)]
    public void A_cable_that_was_out_for_a_moment_leaves_both_sides_on_one_box(int milliseconds)
    {
        using World world = Settled(Quick with { HeartbeatMilliseconds = 100, Translates = true });
        world.Happen(FaultKind.Unplug, target: 0, lasts: milliseconds * Millisecond, choice: PairConfiguration.Wan);
        world.RunFor(5 * Second);
        Assert.True(world.MasterOf(0) == world.MasterOf(1) && world.MasterOf(0) >= 0);
        world.RunFor(10 * Second);
        world.MustBeGood();
    }

    /// <summary>Without preemption nothing else would ever join them.</summary>
    [Fact]
    public void Sides_that_a_partition_has_left_apart_come_together()
    {
        using World world = Settled(Quick with { Translates = true });
        world.Happen(FaultKind.Partition, target: 0, lasts: 8 * Second);
        world.RunFor(5 * Second);
        world.Happen(FaultKind.Unplug, target: 1, lasts: Second, choice: PairConfiguration.Wan);
        world.RunFor(3 * Second + (100 * Millisecond));
        Assert.NotEqual(world.MasterOf(0), world.MasterOf(1));
        world.RunFor(2 * Second);
        Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
        world.RunFor(10 * Second);
        world.MustBeGood();
    }

    /// <summary>By carp(4) a side moves alone, without a lane and where nobody preempts: the other stays where it cannot go on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_neither_lane_nor_preemption_a_side_moves_alone_and_flows_go_on_when_the_cable_is_back(bool translates)
    {
        using World world = Settled(Quick with { HeartbeatMilliseconds = 0, Translates = translates });
        world.Happen(FaultKind.Unplug, target: 0, lasts: 15 * Second, choice: PairConfiguration.Wan);
        world.RunFor(14 * Second);
        Assert.Equal((0, 1), (world.MasterOf(0), world.MasterOf(1)));
        world.RunFor(20 * Second);
        world.MustBeGood();
    }

    /// <summary>Sides that are apart on purpose stay so.</summary>
    [Fact]
    public void Where_two_boxes_share_the_load_each_keeps_its_own()
    {
        using var world = new World(seed: 1, Quick with { SharesLoad = true, Preempts = true, HeartbeatMilliseconds = 100 });
        world.Begin();
        world.RunFor(20 * Second);
        long before = world.Judge.Mastership.Changes;
        world.RunFor(60 * Second);
        Assert.Equal((0, 1, before), (world.MasterOf(0), world.MasterOf(1), world.Judge.Mastership.Changes));
    }

    /// <summary>Who had it all the time does not know that neighbours have heard of another.</summary>
    [Fact]
    public void With_the_ports_own_mac_addresses_a_master_tells_again_who_has_the_addresses()
    {
        using World world = Settled(Quick with { HeartbeatMilliseconds = 0, UsesPortMac = true });
        world.Happen(FaultKind.Partition, target: 0, lasts: 4877 * Millisecond);
        world.RunFor(60 * Second);
        world.MustBeGood();
    }

    /// <summary>Neighbours go on speaking to its port: it is back before they, or its peer, have missed it.</summary>
    [Fact]
    public void With_the_ports_own_mac_addresses_a_box_that_begins_anew_translates_nothing_before_it_has_asked()
    {
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(Quick with { HeartbeatMilliseconds = 100, Translates = true, UsesPortMac = true }, seed);
            world.Happen(FaultKind.Kill, target: 0, lasts: 45 * Millisecond);
            world.RunFor(15 * Second);
            Assert.Equal(0, world.Users.Excused);
            world.MustBeGood();
        }
    }

    [Fact]
    public void A_clock_that_leaps_costs_no_flow_and_makes_no_second_master()
    {
        foreach (long leap in new[] { 8 * Millisecond, 15 * Millisecond, Second, 3600 * Second })
        {
            for (int box = 0; box < 2; box++)
            {
                using World world = Settled(Quick with { Translates = true });
                world.Happen(FaultKind.ClockJump, box, Millisecond, leap);
                world.RunFor(10 * Second);
                Assert.Equal((0, 0), (world.Judge.Mastership.LongestTwo, world.Users.Excused));
                world.MustBeGood();
            }
        }
    }

    [Fact]
    public void Behind_a_partition_one_is_left_within_an_interval()
    {
        using World world = Settled(Quick with { Preempts = true });
        world.Happen(FaultKind.Partition, target: 0, lasts: 10 * Second);
        world.RunFor(9 * Second);
        Assert.Equal((2, 2), (world.MastersOf(0), world.MastersOf(1)));
        world.RunFor(Second + (20 * Millisecond));
        Assert.Equal((1, 1), (world.MastersOf(0), world.MastersOf(1)));
        world.RunFor(10 * Second);
        world.MustBeGood();
    }

    /// <summary>Ascending, nanoseconds that the groups had no master.</summary>
    private List<long> Gaps(PairProfile profile, FaultKind kind, long after)
    {
        List<long> gaps = [];
        for (ulong seed = 1; seed <= (ulong)Moments; seed++)
        {
            using World world = Settled(profile, seed);
            world.Judge.Mastership.Forget();
            world.Happen(kind, target: 0, lasts: after + (10 * Second));
            world.RunFor(after + (2 * Second));
            Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
            gaps.Add(world.Judge.Mastership.LongestNone);
        }

        gaps.Sort();
        output.WriteLine($"{kind}: {gaps.Count} times, p50 {Ms(gaps[gaps.Count / 2])} ms, p99 {Ms(gaps[gaps.Count * 99 / 100])} ms, " +
            $"longest {Ms(gaps[^1])} ms");
        return gaps;
    }

    private static string Ms(long nanoseconds) =>
        (nanoseconds / (double)Millisecond).ToString("F1", CultureInfo.InvariantCulture);
}
