using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Times as carp(4) has them: base seconds and 1/256 s, three bases and the configured skew of silence.</summary>
public sealed class CarpTimingTests
{
    [Theory]
    [InlineData(1, 0, 1_000_000_000, 3_000_000_000)]
    [InlineData(1, 100, 1_390_625_000, 3_390_625_000)]
    [InlineData(1, 254, 1_992_187_500, 3_992_187_500)]
    [InlineData(255, 255, 255_996_093_750, 765_996_093_750)]
    [InlineData(0, 1, 3_906_250, 11_718_750)]                         // OpenBSD: three skews when there is no base
    [InlineData(0, 0, 3_906_250, 11_718_750)]
    public void Intervals_are_exact(int seconds, int skew, long interval, long silence)
    {
        var spoken = new CarpInterval((byte)seconds, (byte)skew);
        Assert.Equal((interval, silence), (spoken.Nanoseconds, spoken.SilenceNanoseconds));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 240, 240)]
    [InlineData(100, 240, 240)]
    [InlineData(100, -50, 50)]
    [InlineData(100, -240, 0)]                                        // PR 259528: a negative skew made two masters
    [InlineData(254, 0, 240)]                                         // the cap is there without demotion too, as in FreeBSD
    [InlineData(0, int.MaxValue, 240)]
    [InlineData(254, int.MaxValue, 240)]
    [InlineData(0, int.MinValue, 0)]
    public void Demotion_is_summed_into_the_skew_and_clamped(int skew, int demotion, int sent) =>
        Assert.Equal((byte)sent, new CarpInterval(1, (byte)skew).Demoted(demotion).Skew);

    [Fact]
    public void A_backup_takes_over_after_three_bases_and_its_configured_skew()
    {
        var bench = new CarpBench(Settings(OnWan(skew: 100)));
        bench.Node.Ledger.Set(DemotionCause.StateSync, "", 50, bench.Now);
        bench.Pass((3 * Second) + (100 * Skew) - 1);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(1);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void Every_advertisement_heard_begins_the_silence_anew()
    {
        var bench = new CarpBench(Settings(OnWan()));
        for (int i = 0; i < 10; i++)
        {
            bench.Pass((3 * Second) - 1);
            bench.Hear(bench.Group, new CarpInterval(1, 0));
        }

        bench.Pass((3 * Second) - 1);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(1);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void One_silent_family_is_enough_to_take_over()
    {
        var bench = new CarpBench(Settings(OnWan("192.0.2.10 2001:db8::10")));
        for (int i = 0; i < 3; i++)
        {
            bench.Pass(Second - 1);
            bench.Hear(bench.Group, new CarpInterval(1, 0), source: Rival);
            Assert.Equal(CarpState.Backup, bench.Group.State);
        }

        bench.Pass(3);                                                // IPv6 was never heard
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal(CarpEvent.MasterSilent, bench.Node.Timeline.Entries.Last().Cause);
    }

    [Fact]
    public void A_master_speaks_by_its_demoted_interval_but_first_by_the_configured_one()
    {
        var bench = new CarpBench(Settings(OnWan(skew: 10)));
        bench.Do(now => bench.Node.Demote(DemotionCause.Administrative, "", 100, now));
        bench.Do(now => bench.Node.Force(bench.Group, master: true, now));
        MonotonicTime start = bench.Now;
        List<long> at = [];
        for (int i = 0; i < 400; i++)
        {
            bench.Take();
            bench.Pass(10 * Skew);
            if (bench.Said.Contains("advertise 1+110")) at.Add((bench.Now - start) / Skew);
        }

        Assert.InRange(at[0], 266, 276);                              // 1 s and 10/256 s
        for (int i = 1; i < at.Count; i++) Assert.InRange(at[i] - at[i - 1], 356, 376);
        Assert.Equal(11, at.Count);
    }

    [Theory]
    [InlineData(0, 3, 0, CarpState.Backup)]                           // as slow as could be waited for
    [InlineData(0, 3, 1, CarpState.Master)]
    [InlineData(100, 3, 100, CarpState.Backup)]
    [InlineData(100, 3, 101, CarpState.Master)]
    [InlineData(100, 255, 255, CarpState.Master)]
    public void A_master_that_would_time_out_counts_as_gone_without_preemption(int skew, int seconds, int theirs, CarpState state)
    {
        var bench = new CarpBench(Settings(OnWan(skew: (byte)skew)));
        bench.Hear(bench.Group, new CarpInterval((byte)seconds, (byte)theirs));
        Assert.Equal(state, bench.Group.State);
    }

    [Fact]
    public void Preemption_waits_for_the_hold_down_and_then_for_an_advertisement()
    {
        var bench = new CarpBench(Settings(OnWan()) with { Preempts = true, PreemptHoldDownNanoseconds = 10 * Second });
        for (int i = 1; i < 10; i++)
        {
            bench.Pass(Second);
            bench.Hear(bench.Group, new CarpInterval(1, 1));
            Assert.Equal(CarpState.Backup, bench.Group.State);
        }

        bench.Pass(Second);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Hear(bench.Group, new CarpInterval(1, 1));
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal(1ul, bench.Node.Statistics.Preempted);
    }

    [Fact]
    public void A_backup_that_was_frozen_listens_before_it_believes_the_silence()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Freeze(10 * Second);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass((Second * 3 / 2) - 1);                             // an interval and the tolerance
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(1);
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal(1ul, bench.Node.Statistics.LateWakings);
    }

    [Fact]
    public void Who_was_frozen_listens_as_long_as_the_master_it_heard_is_silent_between_two_words()
    {
        var bench = new CarpBench(Settings(OnWan()) with { Preempts = false });
        bench.Hear(bench.Group, new CarpInterval(2, 0));
        bench.Freeze(10 * Second);
        bench.Pass((Second * 5 / 2) - 1);                             // its interval and the tolerance
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(1);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void Patience_with_being_late_begins_anew_with_every_change_of_state()
    {
        var bench = new CarpBench(Settings(OnWan()));
        for (int i = 0; i < 3; i++) bench.Freeze(10 * Second);
        bench.Pass(2 * Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
        bench.Do(bench.Node.HandOver);
        bench.Freeze(10 * Second);
        Assert.Equal(CarpState.Backup, bench.Group.State);
    }

    [Fact]
    public void A_group_without_addresses_takes_no_part()
    {
        var bench = new CarpBench(Settings(OnWan() with { Addresses = [] }));
        bench.Pass(10 * Second);
        Assert.Equal((CarpState.Initial, ""), (bench.Group.State, bench.Take()));
    }

    [Fact]
    public void A_box_that_is_always_late_takes_over_all_the_same()
    {
        var bench = new CarpBench(Settings(OnWan()));
        for (int i = 0; i < 3; i++) bench.Freeze(10 * Second);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Freeze(10 * Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void A_master_that_was_frozen_gives_way_without_a_frame()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()));
        bench.Pass(10 * Second);
        bench.Take();
        bench.Freeze(10 * Second);
        Assert.Equal("stand down 1@wan, stand down 2@lan", bench.Take());
        Assert.All(bench.Node.Groups, group => Assert.Equal(CarpState.Backup, group.State));
    }

    /// <summary>Frames that waited while the box was frozen are read after it has judged itself.</summary>
    [Fact]
    public void A_frozen_master_that_first_hears_a_slower_rival_does_not_contradict_it()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(10 * Second);
        bench.Take();
        byte[] frame = AdvertisementFrames.Make(bench.Group.Settings, Rival, new Wire.Carp.CarpFields(1, 1, 200, 7));
        bench.Do(now => bench.Node.OnFrame(Wan, frame, now + (10 * Second)));
        Assert.Equal("stand down", bench.Take());
    }

    [Fact]
    public void A_little_lateness_is_no_freeze()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(10 * Second);
        bench.Take();
        bench.Freeze(5 * Second / 2);
        Assert.Equal("advertise 1+0", bench.Take());
        Assert.Equal(CarpState.Master, bench.Group.State);
    }
}
