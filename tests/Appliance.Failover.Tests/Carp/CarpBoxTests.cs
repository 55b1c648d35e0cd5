using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Both sides of a box: what happens to one group, or is asked of all, and what it means for the others.</summary>
public sealed class CarpBoxTests
{
    [Fact]
    public void A_dead_port_demotes_the_other_side_once_for_each_group_and_gives_it_back()
    {
        CarpBench bench = Masters();
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal("stand down 1@wan, advertise 1+240 2@lan", bench.Take());
        Assert.Equal("240 = 240 InterfaceDown 1@wan", bench.Node.Ledger.ToString());
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal(240, bench.Node.Ledger.Total);
        bench.SetPort(Wan, LinkState.Up);
        Assert.Equal("advertise 1+0 2@lan", bench.Take());
        Assert.Equal((CarpState.Backup, 0), (bench.Node.Groups[0].State, bench.Node.Ledger.Total));
    }

    /// <summary>
    /// One side is taken for dead by now, the other will be before its next word may be expected; but not one in no hurry.
    /// </summary>
    [Theory]
    [InlineData(1, 200, "stand down 1@wan, stand down 2@lan")]
    [InlineData(10, 0, "stand down 1@wan, announce 198.51.100.10 2@lan")]
    public void Who_has_slept_gives_up_both_sides(byte seconds, byte skew, string expected)
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan() with { Interval = new CarpInterval(seconds, skew) }));
        bench.Do(now => bench.Node.Force(bench.Node.Groups[0], master: true, now));
        bench.Pass(Second / 2);
        bench.Do(now => bench.Node.Force(bench.Node.Groups[1], master: true, now));
        bench.Pass(Second / 5 * 2);
        bench.Take();
        bench.Freeze(Second / 5 * 11);
        Assert.Equal(expected, bench.Take());
    }

    [Fact]
    public void Many_groups_on_a_dead_port_add_up_and_the_skew_is_clamped()
    {
        CarpGroupSettings[] groups = [.. Enumerable.Range(1, 12).Select(i => OnWan($"192.0.2.{i + 10}", (byte)i)), OnLan(vhid: 100)];
        var bench = new CarpBench(Settings(groups));
        bench.Pass(4 * Second);
        bench.Take();
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal(12 * 240, bench.Node.Ledger.Total);
        Assert.EndsWith("advertise 1+240 100@lan", bench.Take(), StringComparison.Ordinal);
        bench.SetPort(Wan, LinkState.Up);
        Assert.Equal(0, bench.Node.Ledger.Total);
    }

    /// <summary>What the peer could not take stays: handed over it would be nobody's.</summary>
    [Theory]
    [InlineData(CarpState.Backup, false, ", advertise 255+255 2@lan, stand down 2@lan")]
    [InlineData(CarpState.Backup, true, "")]
    [InlineData(CarpState.Initial, false, "")]
    [InlineData(null, false, "")]
    public void With_a_peer_at_hand_the_living_side_is_handed_over_at_once(CarpState? there, bool isPeerDeaf, string handedOver)
    {
        CarpBench bench = Masters();
        (bench.Node.IsPeerPresent, bench.Node.IsPeerDeaf) = (true, isPeerDeaf);
        if (there is { } state)
        {
            var claim = new LaneClaim(LanePair.TagOf("lan"), Vhid: 2, state, new CarpInterval(1, 100), Term: 0, NextCounter: 0);
            bench.Do(now => bench.Node.Groups[1].OnPeerClaim(claim, sides: 1, winsTies: false, Second / 50, now));
        }

        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal($"stand down 1@wan, advertise 1+240 2@lan{handedOver}", bench.Take());
    }

    [Fact]
    public void A_preempting_group_takes_the_other_along_in_the_same_moment()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()) with { Preempts = true, PreemptHoldDownNanoseconds = 10 * Second });
        for (int i = 0; i < 10; i++)
        {
            bench.Hear(bench.Node.Groups[0], new CarpInterval(1, 100));
            bench.Pass(Second / 2);
            bench.Hear(bench.Node.Groups[1], new CarpInterval(1, 100));
            bench.Pass(Second / 2);
        }

        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Backup, group.State));
        bench.Take();
        bench.Hear(bench.Node.Groups[0], new CarpInterval(1, 100));
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Master, group.State));
        Assert.Equal("take over 1@wan, advertise 1+0 1@wan, announce 192.0.2.10 1@wan, " +
            "take over 2@lan, advertise 1+0 2@lan, announce 198.51.100.10 2@lan", bench.Take());
    }

    [Fact]
    public void A_group_is_not_taken_along_from_a_better_master_nor_after_silence()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan(skew: 50)) with { Preempts = true });
        bench.Node.Ledger.Set(DemotionCause.Administrative, "", 240, bench.Now);
        bench.Hear(bench.Node.Groups[1], new CarpInterval(1, 10));
        bench.Hear(bench.Node.Groups[0], new CarpInterval(1, 240));
        bench.Node.Ledger.Set(DemotionCause.Administrative, "", 0, bench.Now);
        bench.Hear(bench.Node.Groups[0], new CarpInterval(1, 240));
        Assert.Equal([CarpState.Master, CarpState.Backup], bench.Node.Groups.Select(group => group.State));
    }

    [Fact]
    public void Every_change_of_the_ledger_is_said_at_once_by_masters_only()
    {
        CarpBench bench = Masters();
        bench.Do(now => bench.Node.Demote(DemotionCause.StateSync, "", 240, now));
        Assert.Equal("advertise 1+240 1@wan, advertise 1+240 2@lan", bench.Take());
        bench.Do(now => bench.Node.Demote(DemotionCause.StateSync, "", 240, now));
        Assert.Equal("", bench.Take());
        bench.Do(now => bench.Node.AdjustDemotion(-100, now));
        Assert.Equal("advertise 1+140 1@wan, advertise 1+140 2@lan", bench.Take());
        bench.Do(now => bench.Node.AdjustDemotion(-1000, now));
        Assert.Equal("advertise 1+0 1@wan, advertise 1+0 2@lan", bench.Take());
        Assert.Equal("-860 = 240 StateSync + -1100 Administrative", bench.Node.Ledger.ToString());
    }

    [Fact]
    public void Handing_over_lasts_until_the_other_is_gone()
    {
        CarpBench bench = Masters(preempts: true);
        bench.Do(bench.Node.HandOver);
        Assert.Equal("advertise 255+255 1@wan, stand down 1@wan, advertise 255+255 2@lan, stand down 2@lan", bench.Take());
        for (int i = 0; i < 60; i++)
        {
            bench.Pass(Second);
            HearBoth(bench, new CarpInterval(1, 100));
        }

        Assert.All(bench.Node.Groups, group => Assert.Equal((CarpState.Backup, true), (group.State, group.IsHeld)));
        bench.Pass(3 * Second);
        Assert.All(bench.Node.Groups, group => Assert.Equal((CarpState.Master, false), (group.State, group.IsHeld)));
    }

    [Fact]
    public void Taking_back_preempts_once_even_where_preemption_is_off()
    {
        CarpBench bench = Masters(preempts: false);
        bench.Do(bench.Node.HandOver);
        HearBoth(bench, new CarpInterval(1, 100));
        bench.Do(bench.Node.TakeBack);
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Master, group.State));
        HearBoth(bench, new CarpInterval(1, 0));                      // yields, and that was the once
        HearBoth(bench, new CarpInterval(1, 100));
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Backup, group.State));
    }

    [Fact]
    public void Maintenance_demotes_and_hands_over_and_ends_without_a_trace()
    {
        CarpBench bench = Masters(preempts: true);
        bench.Do(now => bench.Node.SetMaintenance(isOn: true, now));
        Assert.Equal(
            "advertise 1+240 1@wan, advertise 1+240 2@lan, " +
            "advertise 255+255 1@wan, stand down 1@wan, advertise 255+255 2@lan, stand down 2@lan", bench.Take());
        HearBoth(bench, new CarpInterval(1, 100));
        bench.Do(now => bench.Node.SetMaintenance(isOn: false, now));
        Assert.Equal(0, bench.Node.Ledger.Total);
        HearBoth(bench, new CarpInterval(1, 100));
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Master, group.State));
    }

    [Fact]
    public void In_maintenance_the_addresses_are_served_when_nobody_else_has_them()
    {
        CarpBench bench = Masters();
        bench.Do(now => bench.Node.SetMaintenance(isOn: true, now));
        bench.Pass(3 * Second);
        Assert.All(bench.Node.Groups, group => Assert.Equal((CarpState.Master, new CarpInterval(1, 240)), (group.State, group.Interval)));
    }

    [Fact]
    public void After_an_orderly_stop_nothing_begins_again()
    {
        CarpBench bench = Masters();
        bench.Do(bench.Node.Stop);
        Assert.Equal("advertise 255+255 1@wan, stand down 1@wan, advertise 255+255 2@lan, stand down 2@lan", bench.Take());
        bench.SetPort(Wan, LinkState.Up);
        HearBoth(bench, CarpInterval.Leaving);
        bench.Pass(60 * Second);
        Assert.Equal("", bench.Take());
        Assert.Equal(MonotonicTime.Never, bench.Node.NextDeadline);
    }

    [Fact]
    public void Three_failures_to_send_demote_and_three_successes_restore()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(3 * Second);
        Send(bench, CarpSendOutcome.Failed, 2);
        Send(bench, CarpSendOutcome.Sent, 1);
        Send(bench, CarpSendOutcome.Failed, 2);
        Assert.Equal(0, bench.Node.Ledger.Total);
        Send(bench, CarpSendOutcome.NoMemory, 1);
        Assert.Equal("240 = 240 SendErrors 1@wan", bench.Node.Ledger.ToString());
        Send(bench, CarpSendOutcome.Sent, 2);
        Assert.Equal(240, bench.Node.Ledger.Total);
        Send(bench, CarpSendOutcome.Failed, 1);                       // in a row, that is
        Send(bench, CarpSendOutcome.Sent, 2);
        Assert.Equal(240, bench.Node.Ledger.Total);
        Send(bench, CarpSendOutcome.Sent, 1);
        Assert.Equal(0, bench.Node.Ledger.Total);
        Assert.Equal((6ul, 1ul), (bench.Node.Statistics.SendErrors, bench.Node.Statistics.NoMemory));
    }

    [Fact]
    public void What_a_removed_group_could_not_send_demotes_nobody()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()));
        bench.Pass(3 * Second);
        Send(bench, CarpSendOutcome.Failed, 3);
        Assert.Equal(240, bench.Node.Ledger.Total);
        bench.Do(now => bench.Node.Adopt(Settings(OnLan()), now));
        Assert.Equal(0, bench.Node.Ledger.Total);
    }

    /// <summary>In FreeBSD who was demoted to backup for it sends nothing, and so never proves that it can again.</summary>
    [Fact]
    public void A_backup_is_forgiven_what_it_could_not_send_as_master()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(3 * Second);
        Send(bench, CarpSendOutcome.Failed, 3);
        bench.Hear(bench.Group, new CarpInterval(1, 100));
        Assert.Equal((CarpState.Backup, 240), (bench.Group.State, bench.Node.Ledger.Total));
        for (int i = 0; i < 59; i++) PassHearing(bench);
        Assert.Equal(240, bench.Node.Ledger.Total);
        PassHearing(bench);
        Assert.Equal((CarpState.Backup, 0), (bench.Group.State, bench.Node.Ledger.Total));
    }

    [Fact]
    public void The_timeline_says_who_heard_what_when_and_why()
    {
        CarpBench bench = Masters();
        bench.Hear(bench.Node.Groups[0], new CarpInterval(0, 200));
        string[] lines = [.. bench.Node.Timeline.Entries.Select(entry => entry.ToString())];
        Assert.Equal("1@wan: INIT -> BACKUP (initialization complete); own 1+0/256 s, demotion 0", lines[0]);
        Assert.Equal("2@lan: BACKUP -> MASTER (master timed out); own 1+0/256 s, demotion 0", lines[3]);
        Assert.Equal("1@wan: MASTER -> BACKUP (more frequent advertisement received); own 1+0/256 s, demotion 0; " +
            "heard 0+200/256 s from 192.0.2.99", lines[4]);
    }

    private static void PassHearing(CarpBench bench)
    {
        bench.Pass(Second);
        bench.Hear(bench.Group, new CarpInterval(1, 100));
    }

    private static void Send(CarpBench bench, CarpSendOutcome outcome, int times)
    {
        var action = new CarpAction { Kind = CarpActionKind.SendAdvertisement, Group = bench.Group };
        for (int i = 0; i < times; i++) bench.Do(now => bench.Node.OnSent(action, outcome, now));
    }

    private static void HearBoth(CarpBench bench, CarpInterval interval)
    {
        foreach (CarpGroup group in bench.Node.Groups) bench.Hear(group, interval);
    }

    private static CarpBench Masters(bool preempts = false)
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()) with { Preempts = preempts });
        bench.Pass(3 * Second);
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Master, group.State));
        bench.Take();
        return bench;
    }
}
