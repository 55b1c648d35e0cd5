using System.Diagnostics;
using Appliance.Testing;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Two boxes under everything that can go wrong, by seed: afterwards there is one master, and it is the right one.</summary>
public sealed class PairSimulationTests(ITestOutputHelper output)
{
    private const long Troubled = 18 * Second;
    private const long Calming = 5 * Second;                          // three bases, a skew, and an interval
    private const long Calm = 22 * Second;

    private static readonly int Seeds = TestSize.Of(person: 500, server: 2_000, soak: 100_000);

    [Fact]
    public void After_whatever_faults_there_is_one_master()
    {
        int first = TestSize.Seed(1);
        var clock = Stopwatch.StartNew();
        long frames = 0, transitions = 0;
        for (int seed = first; seed < first + Seeds; seed++)
        {
            PairWorld world = Trouble(seed, CarpTrust.AnyValid);
            Assert.True(world.Complaints.Count == 0, $"seed {seed}: {string.Join("; ", world.Complaints)}\n{Tail(world)}");
            frames += world.Frames;
            transitions += world.History.Count;
        }

        output.WriteLine($"{Seeds} seeds of {(Troubled + Calming + Calm) / Second} virtual seconds in {clock.Elapsed.TotalSeconds:f1} s, " +
            $"{frames} frames, {transitions} changes of mastership");
        Assert.True(transitions > 4 * Seeds);                         // the faults were faults
    }

    [Fact]
    public void Where_the_better_box_preempts_both_sides_end_on_it()
    {
        int first = TestSize.Seed(1);
        for (int seed = first; seed < first + Seeds; seed++)
        {
            PairWorld world = Trouble(seed, CarpTrust.AnyValid);
            Assert.True(world.MasterOf("1@wan") == 0 && world.MasterOf("2@lan") == 0,
                $"seed {seed}: {world.MasterOf("1@wan")} and {world.MasterOf("2@lan")}\n{Tail(world)}");
        }
    }

    /// <summary>
    /// Against who remembers counters the attacker sends again what the box has heard since its start; against who was told of them, what
    /// it has ever heard.
    /// </summary>
    [Theory]
    [InlineData(CarpTrust.FreshCounters)]
    [InlineData(CarpTrust.AnnouncedCounters)]
    public void What_an_attacker_sends_changes_nothing_at_all(CarpTrust trust)
    {
        int first = TestSize.Seed(1), seeds = Math.Max(Seeds / 10, 20);
        long sent = 0;
        for (int seed = first; seed < first + seeds; seed++)
        {
            PairWorld quiet = Trouble(seed, trust);
            PairWorld attacked = Trouble(seed, trust, attacks: true, attacker => sent += attacker.Sent);
            Assert.True(quiet.History.SequenceEqual(attacked.History, StringComparer.Ordinal), $"seed {seed}\n{Tail(attacked)}");
        }

        output.WriteLine($"{sent} hostile frames over {seeds} seeds");
        Assert.True(sent > 1_000 * seeds);
    }

    /// <summary>The canary of the attack: plain CARP believes a recording, and the history shows it.</summary>
    [Fact]
    public void Plain_CARP_does_change_under_attack()
    {
        PairWorld quiet = Trouble(3, CarpTrust.AnyValid), attacked = Trouble(3, CarpTrust.AnyValid, attacks: true);
        Assert.False(quiet.History.SequenceEqual(attacked.History, StringComparer.Ordinal));
    }

    [Fact]
    public void A_seed_replays()
    {
        PairWorld one = Trouble(42, CarpTrust.AnyValid), again = Trouble(42, CarpTrust.AnyValid);
        Assert.NotEmpty(one.History);
        Assert.Equal(one.History, again.History);
        Assert.Equal(one.Frames, again.Frames);
    }

    /// <summary>The canary: a box that hears nothing although all wires are whole must be complained of.</summary>
    [Fact]
    public void A_deaf_box_does_not_go_unnoticed()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            PairWorld world = World(seed, CarpTrust.AnyValid);
            world.Boxes[1].IsDeaf = true;
            Settle(world);
            Assert.Contains(world.Complaints, complaint => complaint.Contains("2 masters", StringComparison.Ordinal));
        }
    }

    private static PairWorld Trouble(int seed, CarpTrust trust, bool attacks = false, Action<Attacker>? after = null)
    {
        PairWorld world = World(seed, trust);
        FaultPlan.Draw(world, seed, Troubled);
        var attacker = new Attacker(world, seed);
        if (attacks) attacker.Work(Second / 50, burst: 4, Troubled + Calming + Calm);
        world.Run(Troubled);
        Settle(world);
        after?.Invoke(attacker);
        return world;
    }

    private static void Settle(PairWorld world)
    {
        world.Run(Calming);
        (world.IsCalm, world.PatienceNanoseconds) = (true, (Second * 100 / 256) + Second);    // an interval of the slower box
        world.Run(Calm);
    }

    private static PairWorld World(int seed, CarpTrust trust)
    {
        CarpNodeSettings better = Settings(OnWan(), OnLan()) with
        {
            Preempts = true,
            PreemptHoldDownNanoseconds = 10 * Second,
            Trust = trust,
        };
        CarpNodeSettings worse = better with { Groups = [OnWan(skew: 100), OnLan(skew: 100)] };
        var world = new PairWorld(seed, better, worse);
        world.Begin();
        return world;
    }

    private static string Tail(PairWorld world) => string.Join('\n', world.History.TakeLast(30));
}
