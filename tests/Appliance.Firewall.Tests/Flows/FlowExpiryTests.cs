using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class FlowExpiryTests
{
    private const long Second = FlowRig.Second;

    [Fact]
    public void A_frame_only_writes_when_it_was_seen_and_the_timer_finds_out()
    {
        using var rig = new FlowRig();
        int index = rig.Insert(FlowRig.Key(1, 2), id: 1, seconds: 10);
        rig.Table[index].LastSeen = new MonotonicTime(9 * Second);
        rig.ExpireAll(18 * Second);
        Assert.Empty(rig.Ended);
        Assert.False(rig.Table.IsExpired(index, new MonotonicTime((19 * Second) - 1)));
        Assert.True(rig.Table.IsExpired(index, new MonotonicTime(19 * Second)));
        rig.ExpireAll((19 * Second) + TimerTick.Nanoseconds);
        Assert.Equal([(1ul, FlowEnd.Expired)], rig.Ended);
        Assert.True(rig.Table.Find(FlowRig.Key(1, 2), FlowSide.Wire).IsMiss);
    }

    [Fact]
    public void A_timer_that_fires_a_moment_too_soon_is_set_anew()
    {
        using var rig = new FlowRig();
        const long Moment = TimerTick.Nanoseconds / 2;
        int index = rig.Insert(FlowRig.Key(1, 2), id: 1, seconds: 10);
        long fires = rig.Table[index].Timer.Due.Nanoseconds;
        rig.ExpireAll(fires - 1);
        rig.Table[index].LastSeen = new MonotonicTime(fires + Moment - (10 * Second));
        rig.ExpireAll(fires);
        Assert.Empty(rig.Ended);
        rig.ExpireAll(fires + TimerTick.Nanoseconds);
        Assert.Equal([(1ul, FlowEnd.Expired)], rig.Ended);
    }

    /// <summary>
    /// One timer still stands where the state's first frame put it and fires now, the other was set by the last frame: both states have the
    /// same end, within the present tick, and the same fate.
    /// </summary>
    [Fact]
    public void States_with_one_end_end_together_wherever_their_timers_stand()
    {
        using var rig = new FlowRig();
        const long Tick = 20_000 * TimerTick.Nanoseconds, Moment = TimerTick.Nanoseconds / 4;
        MonotonicTime end = new(Tick + Moment), seen = end + (-10 * Second);
        int busy = rig.Insert(FlowRig.Key(1, 2), id: 1, seconds: 10);
        int young = rig.Insert(FlowRig.Key(3, 4), id: 2, seconds: 10, now: seen.Nanoseconds);
        rig.Table.Touch(busy, seen, 10);
        Assert.True(rig.Table[busy].Timer.Due < rig.Table[young].Timer.Due);
        Assert.Equal((end, end), (rig.Table.ExpiresAt(busy), rig.Table.ExpiresAt(young)));

        rig.ExpireAll(Tick + (2 * Moment));
        Assert.True(rig.Table.IsExpired(busy, end) && rig.Table.IsExpired(young, end));
        Assert.Empty(rig.Ended);                                        // nobody finds them, but their places are taken until the next tick
        rig.ExpireAll(Tick + TimerTick.Nanoseconds);
        Assert.Equal([(1ul, FlowEnd.Expired), (2ul, FlowEnd.Expired)], rig.Ended.Order());
    }

    [Fact]
    public void A_state_that_is_closing_ends_by_its_shorter_timeout()
    {
        using var rig = new FlowRig();
        int index = rig.Insert(FlowRig.Key(1, 2), id: 1, seconds: 86_400);
        rig.Table.Touch(index, new MonotonicTime(5 * Second), 30);
        Assert.True(rig.Table.NextDeadline <= new MonotonicTime((35 * Second) + TimerTick.Nanoseconds));
        rig.ExpireAll(34 * Second);
        Assert.Empty(rig.Ended);
        rig.ExpireAll((35 * Second) + TimerTick.Nanoseconds);
        Assert.Equal([(1ul, FlowEnd.Expired)], rig.Ended);
    }

    [Fact]
    public void Steps_bound_a_sweep_and_nothing_is_forgotten()
    {
        using var rig = new FlowRig();
        for (int i = 0; i < 1000; i++) rig.Insert(FlowRig.Key(i, 2), id: (ulong)i + 1, seconds: 20);
        int calls = 0, steps;
        do
        {
            steps = rig.Table.Expire(new MonotonicTime(21 * Second), 64);
            Assert.InRange(steps, 0, 64);
            calls++;
        }
        while (steps == 64);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (ulong)i), rig.Ended.Select(ended => ended.Id));
        Assert.InRange(calls, 1000 / 64, 100);
        Assert.Equal(MonotonicTime.Never, rig.Table.NextDeadline);
    }

    [Fact]
    public void A_state_that_ends_leaves_its_partner_alone()
    {
        using var rig = new FlowRig();
        int one = rig.Insert(FlowRig.Key(1, 2), seconds: 10), other = rig.Insert(FlowRig.Key(2, 1), seconds: 20);
        rig.Table.Join(one, other);
        Assert.Equal((other, one), (rig.Table[one].Partner, rig.Table[other].Partner));
        rig.ExpireAll(11 * Second);
        Assert.Equal((1, FlowRecord.Nobody), (rig.Table.Count, rig.Table[other].Partner));
    }

    private static ushort Bucket(int i) => (ushort)(i % FlowRig.Buckets);

    /// <summary>pf.conf(5): a factor of (end - states) / (end - start) from start on; at end all go.</summary>
    [Theory]
    [InlineData(0, 100u)]
    [InlineData(60, 100u)]
    [InlineData(61, 98u)]
    [InlineData(90, 50u)]
    [InlineData(119, 1u)]
    [InlineData(120, 0u)]
    [InlineData(500, 0u)]
    public void Timeouts_shrink_between_start_and_end(int states, uint seconds)
    {
        Assert.Equal(seconds, new AdaptiveTimeouts(60, 120).Scale(100, states));
        Assert.Equal(100u, AdaptiveTimeouts.Off.Scale(100, states));
        Assert.Equal(100u, new AdaptiveTimeouts(60, 60).Scale(100, states));
        Assert.Equal(uint.MaxValue, new AdaptiveTimeouts(1000, 2000).Scale(uint.MaxValue, states));
    }

    [Fact]
    public void Under_pressure_states_end_within_a_round_though_their_timers_lie_far_ahead()
    {
        using var rig = new FlowRig(limits: new StateLimits(1000, new AdaptiveTimeouts(60, 120)));
        for (int i = 0; i < 90; i++) rig.Insert(FlowRig.Key(i, 2), id: (ulong)i + 1, bucket: Bucket(i), seconds: 1000);
        Assert.Equal(new MonotonicTime(1000 * Second), rig.Table.ExpiresAt(0));
        rig.ExpireAll(TimerTick.Nanoseconds);                           // they count from the next tick on
        Assert.Equal(new MonotonicTime(500 * Second), rig.Table.ExpiresAt(0));
        for (long second = 0; second < 500; second++) rig.ExpireAll(second * Second);
        Assert.Empty(rig.Ended);
        Assert.InRange(rig.Table.NextDeadline.Nanoseconds, 499 * Second, 501 * Second);
        for (long second = 500; second <= 521; second++) rig.ExpireAll(second * Second);

        // As they go the pressure goes, too: what is left has its time back.
        Assert.InRange(rig.Table.Count, 60, 89);
        Assert.True(rig.Table.ExpiresAt(89) > new MonotonicTime(500 * Second));
        Assert.All(rig.Ended, ended => Assert.Equal(FlowEnd.Expired, ended.Why));
    }

    [Fact]
    public void Under_pressure_a_round_looks_at_every_state_once_and_takes_its_time()
    {
        using var rig = new FlowRig(limits: new StateLimits(2000, new AdaptiveTimeouts(1, 100_000)));
        for (int i = 0; i < 1000; i++) rig.Insert(FlowRig.Key(i, 2), bucket: Bucket(i), seconds: 100_000);
        int steps = 0;
        for (long tenth = 0; tenth < 100; tenth++) steps += rig.ExpireAll(tenth * Second / 10);
        Assert.InRange(steps, 900, 1000);
        Assert.Equal(1000, steps + rig.ExpireAll(10 * Second));
        Assert.InRange(rig.ExpireAll(10 * Second + (10 * Second / FlowRig.Buckets)), 1, 1000 / FlowRig.Buckets + 1);
    }

    /// <summary>One table has all buckets, or two have half of them each: the same states end at every look.</summary>
    [Fact]
    public void Under_pressure_the_same_states_end_at_one_time_whoever_has_them()
    {
        var random = new Random(TestSize.Seed(5));
        using FlowRig all = Half(), one = Half(), other = new(limits: one.Limits);
        for (int i = 0; i < 100; i++)
        {
            uint seconds = (uint)random.Next(10, 200);
            all.Insert(FlowRig.Key(i, 2), id: (ulong)i + 1, bucket: Bucket(i), seconds: seconds);
            (Bucket(i) % 2 == 0 ? one : other).Insert(FlowRig.Key(i, 2), id: (ulong)i + 1, bucket: Bucket(i), seconds: seconds);
        }

        for (long now = 0; all.Table.Count > 0; now += random.NextInt64(30 * Second))       // many end at one look
        {
            foreach (FlowRig rig in (FlowRig[])[one, other, all])
            {
                rig.Table.Tell(new MonotonicTime(now));
                rig.ExpireAll(now);
            }

            Assert.Equal(all.Ended.Select(ended => ended.Id).Order(), one.Ended.Concat(other.Ended).Select(ended => ended.Id).Order());
        }

        static FlowRig Half() => new(limits: new StateLimits(1000, new AdaptiveTimeouts(30, 120)));
    }

    /// <summary>A state whose turn would be next ends otherwise, or leaves with its bucket.</summary>
    [Fact]
    public void A_round_goes_on_behind_what_has_gone_meanwhile()
    {
        using var rig = new FlowRig(limits: new StateLimits(1000, new AdaptiveTimeouts(1, 100_000)));
        int[] states = [.. Enumerable.Range(0, 20).Select(i => rig.Insert(FlowRig.Key(i, 2), bucket: 1, seconds: 100_000))];
        rig.ExpireAll(TimerTick.Nanoseconds);
        var turn = new MonotonicTime(10 * Second / FlowRig.Buckets);
        Assert.Equal(5, rig.Table.Expire(turn, 5));
        rig.Table.Remove(states[14]);                                   // the latest stands first
        rig.Table.Remove(states[13]);
        Assert.Equal(5, rig.Table.Expire(turn, 5));
        rig.Table.Attach(2, rig.Table.Detach(1));
        Assert.Equal((0, 18), (rig.Table.Expire(turn, 100), rig.Table.Count));
    }

    [Fact]
    public void A_rule_with_its_own_scale_goes_by_its_own_states()
    {
        var limits = new StateLimits(1000, AdaptiveTimeouts.Off, 4);
        limits.SetRule(2, int.MaxValue, new AdaptiveTimeouts(1, 5));
        using var rig = new FlowRig(limits: limits);
        int free = rig.Insert(FlowRig.Key(1, 2), id: 9, seconds: 100, account: 1);
        int bound = rig.Insert(FlowRig.Key(2, 2), id: 10, seconds: 100, account: 2);
        rig.ExpireAll(0);
        Assert.Equal(new MonotonicTime(100 * Second), rig.Table.ExpiresAt(bound));
        rig.Insert(FlowRig.Key(3, 2), id: 11, seconds: 90, account: 2);
        Assert.Equal(new MonotonicTime(100 * Second), rig.Table.ExpiresAt(bound));         // by how many there were when the tick began
        rig.Table.Tell(new MonotonicTime(TimerTick.Nanoseconds));
        Assert.Equal(new MonotonicTime(75 * Second), rig.Table.ExpiresAt(bound));
        Assert.Equal(new MonotonicTime(100 * Second), rig.Table.ExpiresAt(free));
        for (long second = 0; second <= 80; second++) rig.ExpireAll(second * Second);
        Assert.Equal([(11ul, FlowEnd.Expired)], rig.Ended);             // with it goes the pressure
        rig.ExpireAll(101 * Second);
        Assert.Equal([9ul, 10ul, 11ul], rig.Ended.Select(ended => ended.Id).Order());
    }
}
