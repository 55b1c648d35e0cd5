using Appliance.Engine;
using Appliance.Testing;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>A pair with a lane over the sync link and both wires: what CARP does in seconds, in milliseconds.</summary>
public sealed class LanePairTests(ITestOutputHelper output)
{
    private const long Millisecond = Second / 1000;

    private static readonly int Seeds = TestSize.Of(person: 20, server: 100, soak: 5_000);

    [Fact]
    public void At_the_start_the_better_box_is_master_at_once()
    {
        PairWorld world = World(1);
        world.Run(50 * Millisecond);
        Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
    }

    [Fact]
    public void A_killed_master_is_replaced_within_the_detection_time()
    {
        List<long> gaps = [];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed);
            world.LongestNone = 0;
            world.Boxes[0].Kill();
            world.Run(100 * Millisecond);
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            gaps.Add(world.LongestNone);
        }

        gaps.Sort();
        output.WriteLine($"{gaps.Count} kills: p50 {gaps[gaps.Count / 2] / Millisecond} ms, longest {gaps[^1] / Millisecond} ms");
        Assert.InRange(gaps[^1], 10 * Millisecond, 22 * Millisecond);
    }

    [Fact]
    public void A_killed_box_comes_back_as_backup_and_preempts_after_the_hold_down()
    {
        for (int seed = 1; seed <= Math.Max(Seeds / 10, 3); seed++)
        {
            PairWorld world = Settled(seed);
            world.Boxes[0].Kill();
            world.Run(Second);
            world.Boxes[0].Start();
            world.Run(9 * Second);
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            world.LongestTwo = 0;
            world.Run(4 * Second);
            Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            Assert.InRange(world.LongestTwo, 0, 3 * Millisecond);
        }
    }

    [Fact]
    public void After_a_freeze_the_master_of_before_wakes_as_backup_and_says_nothing()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            PairWorld world = Settled(seed);
            world.Boxes[0].Freeze();
            world.Run(30 * Millisecond + (Second * seed / 10));
            long frames = world.Frames;
            world.Boxes[0].Thaw();
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            Assert.Equal(frames, world.Frames);
            world.Run(Second);
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_path_that_is_cut_moves_nobody(int wire)
    {
        PairWorld world = Settled(3);
        int before = world.History.Count;
        (world.Cut[wire, 0], world.Cut[wire, 1]) = (true, true);
        world.Run(60 * Second);
        (world.Cut[wire, 0], world.Cut[wire, 1]) = (false, true);     // and one way only
        world.Run(60 * Second);
        (world.Cut[wire, 0], world.Cut[wire, 1]) = (true, false);
        world.Run(60 * Second);
        Assert.Equal(before, world.History.Count);
    }

    [Fact]
    public void Handing_over_and_stopping_are_followed_at_once_and_not_undone()
    {
        foreach (Action<CarpNode, MonotonicTime> leave in new Action<CarpNode, MonotonicTime>[]
            { (node, now) => node.HandOver(now), (node, now) => node.SetMaintenance(true, now), (node, now) => node.Stop(now) })
        {
            PairWorld world = Settled(5);
            world.LongestNone = 0;
            world.Boxes[0].Do(node => leave(node, world.Now));
            world.Run(60 * Second);
            Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
            Assert.InRange(world.LongestNone, 0, 2 * Millisecond);
        }
    }

    [Fact]
    public void A_deaf_backup_takes_over_and_the_master_that_hears_it_gives_way()
    {
        PairWorld world = Settled(9);
        world.LongestTwo = 0;
        for (int wire = 0; wire < 3; wire++) world.Cut[wire, 0] = true;       // nothing of box 0 arrives
        world.Run(60 * Second);
        Assert.Equal((1, 1), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        Assert.InRange(world.LongestTwo, 0, 10 * Millisecond);
        Assert.Contains(world.Boxes[0].Node.Timeline.Entries, entry => entry.Cause == CarpEvent.Outranked);
        for (int wire = 0; wire < 3; wire++) world.Cut[wire, 0] = false;
        world.Run(2 * Second);
        Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
    }

    /// <summary>Everything that was heard, again and again on every wire: adverts as they were and rewritten, and the lane.</summary>
    [Fact]
    public void Recordings_of_adverts_and_of_the_lane_move_nobody()
    {
        PairWorld world = Settled(11);
        world.Boxes[0].Do(node => node.HandOver(world.Now));          // so that both have spoken
        world.Run(Second);
        world.Boxes[0].Do(node => node.TakeBack(world.Now));
        world.Run(12 * Second);
        Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        int before = world.History.Count;
        var attacker = new Attacker(world, seed: 11);
        attacker.Work(Second / 100, burst: 10, 20 * Second);
        for (int i = 0; i < 2000; i++) world.After(i * 10 * Millisecond, world.ReplayLane);
        world.Run(20 * Second);
        Assert.Equal(before, world.History.Count);
        output.WriteLine($"{attacker.Sent} adverts and {world.LaneReplays} messages of the lane");
    }

    [Fact]
    public void After_whatever_faults_there_is_one_master_and_it_is_the_better_box()
    {
        int first = TestSize.Seed(1), seeds = 3 * Seeds;
        for (int seed = first; seed < first + seeds; seed++)
        {
            PairWorld world = World(seed, heartbeat: 20 * Millisecond);
            FaultPlan.Draw(world, seed, 18 * Second);
            world.Run(18 * Second);
            world.Run(5 * Second);
            (world.IsCalm, world.PatienceNanoseconds) = (true, 25 * Millisecond);
            world.Run(12 * Second);
            Assert.True(world.Complaints.Count == 0, $"seed {seed}: {string.Join("; ", world.Complaints)}");
            Assert.True((world.MasterOf("1@wan"), world.MasterOf("2@lan")) == (0, 0),
                $"seed {seed}\n{string.Join('\n', world.History.TakeLast(20))}");
        }
    }

    /// <summary>What came while it slept is still unread: to have slept again is no reason to speak.</summary>
    [Fact]
    public void A_box_that_sleeps_while_it_listens_listens_anew()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(4 * Second);
        var settings = new LaneSettings(Paths: 1);
        using var lane = new Lane(settings, LaneEnds.Key(), 1, bench.Now);
        var pair = new LanePair(bench.Node, lane, settings, [SyncLink]);
        for (int i = 0; i < 100; i++) Pass(settings.HeartbeatNanoseconds);
        Assert.Equal((CarpState.Master, false), (bench.Node.Groups[0].State, bench.Node.IsListening));
        bench.Take();
        for (int sleeps = 0; sleeps < 3; sleeps++)
        {
            Pass(Second / 2);
            Assert.True(bench.Node.IsListening);
        }

        Assert.Empty(bench.Said);
        Pass(LanePair.ListenNanoseconds);
        Assert.False(bench.Node.IsListening);
        Assert.Contains("advertise", bench.Take(), StringComparison.Ordinal);

        void Pass(long nanoseconds) => bench.Freeze(nanoseconds, now => pair.Step(now));
    }

    /// <summary>This box is the better master of one group and no worse of the other, which the peer has; then that is silent.</summary>
    [Fact]
    public void A_peer_that_returns_has_its_moment_again_before_the_sides_come_together()
    {
        var bench = new CarpBench(Settings(OnWan(), OnLan()));
        bench.Pass(4 * Second);
        var settings = new LaneSettings(Paths: 1);
        using Lane here = new(settings, LaneEnds.Key(), 1, bench.Now), there = new(settings, LaneEnds.Key(), 2, bench.Now);
        var pair = new LanePair(bench.Node, here, settings, [SyncLink]);
        LaneClaim[] claims =
        [
            new(LanePair.TagOf("wan"), 1, CarpState.Master, new CarpInterval(1, 200), Term: 1, NextCounter: 0),
            new(LanePair.TagOf("lan"), 2, CarpState.Master, new CarpInterval(1, 0), Term: 2, NextCounter: 0),
        ];
        Go(500 * Millisecond, isHeard: true);
        Assert.Equal((CarpState.Master, CarpState.Backup), (bench.Node.Groups[0].State, bench.Node.Groups[1].State));
        Go(600 * Millisecond, isHeard: false);
        Go(500 * Millisecond, isHeard: true);
        Assert.Equal((CarpState.Master, CarpState.Backup), (bench.Node.Groups[0].State, bench.Node.Groups[1].State));
        Go(600 * Millisecond, isHeard: true);
        Assert.Equal((CarpState.Backup, CarpState.Backup), (bench.Node.Groups[0].State, bench.Node.Groups[1].State));

        void Go(long nanoseconds, bool isHeard)
        {
            for (long left = nanoseconds; left > 0; left -= settings.HeartbeatNanoseconds)
            {
                bench.Pass(settings.HeartbeatNanoseconds);
                byte[] own = new byte[Lane.MaxMessageLength];
                bench.Do(now => Assert.Equal(LaneTurn.Beat, pair.Step(now) & LaneTurn.Beat));
                int length = pair.Write(0, own);
                there.Step(bench.Now);
                byte[] peers = LaneEnds.Written(there, 0, claims);
                if (!isHeard) continue;
                there.OnMessage(0, own.AsSpan(0, length), bench.Now);
                bench.Do(now => pair.OnMessage(0, peers, now));
            }
        }
    }

    private static PairWorld Settled(int seed, bool preempts = true)
    {
        PairWorld world = World(seed, preempts);
        world.Run((5 * Second) + ((seed * 7_919L % 1000) * Millisecond));
        Assert.Equal((0, 0), (world.MasterOf("1@wan"), world.MasterOf("2@lan")));
        return world;
    }

    private static PairWorld World(int seed, bool preempts = true, long heartbeat = 5 * Millisecond)
    {
        CarpNodeSettings better = Settings(OnWan(), OnLan()) with
        {
            Preempts = preempts,
            PreemptHoldDownNanoseconds = 10 * Second,
            Trust = CarpTrust.AnnouncedCounters,
        };
        CarpNodeSettings worse = better with { Groups = [OnWan(skew: 100), OnLan(skew: 100)] };
        var world = new PairWorld(seed, better, worse, new LaneSettings(Paths: 3)
        {
            HeartbeatNanoseconds = heartbeat,
            DetectNanoseconds = 4 * heartbeat,
        });
        world.Begin();
        return world;
    }
}
