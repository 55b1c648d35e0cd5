using Appliance.Wire.Carp;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Which authentic advertisements count, and which counters a box sends.</summary>
public sealed class CarpTrustTests
{
    [Fact]
    public void A_recording_of_a_dead_master_does_not_keep_it_alive()
    {
        var bench = new CarpBench(Settings(OnWan(skew: 100)) with { Trust = CarpTrust.FreshCounters });
        List<byte[]> recording = [];
        for (ulong counter = 1; counter <= 600; counter++)
        {
            recording.Add(AdvertisementFrames.Make(bench.Group.Settings, Rival, new CarpFields(1, 1, 0, counter)));
            Assert.Equal(CarpRefusal.None, bench.HearFrame(Wan, recording[^1]));
            bench.Pass(Second);
        }

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(CarpState.Backup, bench.Group.State);
            Assert.Equal(CarpRefusal.Replayed, bench.HearFrame(Wan, recording[i]));
            bench.Pass(Second);
        }

        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void A_rewritten_skew_does_not_make_a_preempting_backup_master()
    {
        var bench = new CarpBench(Settings(OnWan(skew: 100)) with { Trust = CarpTrust.FreshCounters, Preempts = true });
        bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 7);
        Assert.Equal(CarpRefusal.Replayed, bench.Hear(bench.Group, new CarpInterval(1, 254), counter: 7));
        Assert.Equal(CarpRefusal.Replayed, bench.Hear(bench.Group, CarpInterval.Leaving, counter: 7));
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Hear(bench.Group, new CarpInterval(1, 254), counter: 8);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void Plain_CARP_believes_a_counter_that_never_changes()
    {
        var bench = new CarpBench(Settings(OnWan()));
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(CarpRefusal.None, bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 42));
            bench.Pass(Second);
        }

        Assert.Equal(CarpState.Backup, bench.Group.State);
    }

    [Fact]
    public void Announced_counters_count_once_each_in_about_their_order()
    {
        var window = new CounterWindow();
        Assert.False(window.TryAccept(5));                            // nothing was announced
        window.Announce(ulong.MaxValue - 10);                         // and wraps on the way
        Assert.False(window.TryAccept(ulong.MaxValue - 11));
        Assert.True(window.TryAccept(ulong.MaxValue - 9));
        Assert.True(window.TryAccept(ulong.MaxValue - 10));
        Assert.False(window.TryAccept(ulong.MaxValue - 10));
        Assert.True(window.TryAccept(60));
        Assert.False(window.TryAccept(60));
        Assert.True(window.TryAccept(59));
        Assert.False(window.TryAccept(ulong.MaxValue - 8));           // 70 behind: too old to say
        window.Announce(ulong.MaxValue - 10);
        Assert.False(window.TryAccept(60));                           // the same announcement forgets nothing
        window.Announce(1000);
        Assert.False(window.TryAccept(61));
        Assert.True(window.TryAccept(1000));
    }

    [Fact]
    public void A_window_agrees_with_a_set_of_all_accepted()
    {
        var random = new Random(3);
        var window = new CounterWindow();
        var accepted = new HashSet<ulong>();
        ulong first = 1ul << 63, highest = first;
        window.Announce(first);
        for (int i = 0; i < 20_000; i++)
        {
            ulong counter = highest + (ulong)random.Next(0, 90) - 70;
            bool isExpected = counter >= first && (accepted.Count == 0 || counter + 64 > highest) && !accepted.Contains(counter);
            Assert.Equal(isExpected, window.TryAccept(counter));
            if (!isExpected) continue;
            accepted.Add(counter);
            highest = accepted.Count == 1 ? counter : Math.Max(highest, counter);
        }
    }

    [Fact]
    public void The_memory_forgets_the_oldest_first()
    {
        var memory = new CounterMemory();
        for (ulong i = 0; i < CounterMemory.Capacity; i++) Assert.True(memory.TryAdd(i));
        Assert.False(memory.TryAdd(0));
        Assert.True(memory.TryAdd(CounterMemory.Capacity));
        Assert.False(memory.TryAdd(1));
        Assert.True(memory.TryAdd(0));                                // it made room
        Assert.True(memory.TryAdd(1));
    }

    [Fact]
    public void Counters_are_drawn_until_another_box_is_heard_and_counted_from_there()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(10 * Second);
        ulong[] drawn = Counters(bench);
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
        Assert.DoesNotContain(drawn.Zip(drawn.Skip(1)), pair => pair.Second == pair.First + 1);

        bench.Take();
        bench.Hear(bench.Group, new CarpInterval(1, 200), counter: 0x0123_4567_89ab_cdef);
        bench.Pass(3 * Second);
        Assert.Equal([0x0123_4567_89ab_cdf0, 0x0123_4567_89ab_cdf1, 0x0123_4567_89ab_cdf2], Counters(bench).Take(3));
    }

    [Fact]
    public void Counters_never_go_back()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 1000);
        bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 10);
        bench.Pass(4 * Second);
        Assert.Equal(1001ul, Counters(bench)[0]);
    }

    [Fact]
    public void With_announced_counters_each_box_counts_its_own_from_what_it_told()
    {
        var bench = new CarpBench(Settings(OnWan()) with { Trust = CarpTrust.AnnouncedCounters });
        bench.Do(now => bench.Node.OnPeerCounters(Wan, 1, first: 77));
        Assert.Equal(CarpRefusal.None, bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 77));
        ulong first = bench.Group.NextCounter;
        bench.Pass(5 * Second);
        Assert.Equal([first, first + 1, first + 2], Counters(bench));
        Assert.Equal(first + 3, bench.Group.NextCounter);
    }

    [Fact]
    public void A_box_that_is_told_to_announce_counters_while_it_runs_keeps_its_word()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(5 * Second);
        bench.Do(now => bench.Node.Adopt(Settings(OnWan()) with { Trust = CarpTrust.AnnouncedCounters }, now));
        bench.Take();
        ulong first = bench.Group.NextCounter;
        bench.Pass(3 * Second);
        Assert.Equal([first, first + 1, first + 2], Counters(bench));
    }

    [Fact]
    public void Two_boxes_with_other_secrets_draw_other_counters()
    {
        CarpBench one = new(Settings(OnWan()), seed: 1), other = new(Settings(OnWan()), seed: 2);
        one.Pass(4 * Second);
        other.Pass(4 * Second);
        Assert.Empty(Counters(one).Intersect(Counters(other)));
    }

    private static ulong[] Counters(CarpBench bench) =>
    [
        .. bench.Frames.Where(frame => frame.Length > 60).Select(frame =>
        {
            Assert.True(CarpView.TryParse(frame.AsSpan(AdvertisementFrames.Ipv4PayloadOffset), out CarpView view));
            return view.Counter;
        }),
    ];
}
