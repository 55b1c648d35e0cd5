using System.Collections.Concurrent;
using System.Diagnostics;
using Appliance.Ports.Linux;
using Appliance.Testing;
using Xunit;

namespace Appliance.Simulation.Tests;

/// <summary>Drills of whole pairs by seed: no checker complains, and each complains about the flaw that is its own.</summary>
public sealed class DrillTests(ITestOutputHelper output)
{
    private const int Seconds = 30;

    /// <summary>A thousand are half a minute of one processor.</summary>
    private static readonly int Runs = TestSize.Of(person: 40, server: 2_000, soak: 100_000);

    [Fact]
    public void Whatever_goes_wrong_no_invariant_is_broken()
    {
        ulong first = (ulong)TestSize.Seed(1);
        var clock = Stopwatch.StartNew();
        long events = 0, transitions = 0;
        var failures = new ConcurrentBag<DrillOutcome>();
        Parallel.For(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
        {
            DrillOutcome outcome = Drill.Run(first + (ulong)run, Seconds, MappedMemory.HugePages.Sparse);
            Interlocked.Add(ref events, outcome.Events);
            Interlocked.Add(ref transitions, outcome.Transitions);
            if (!outcome.IsPassed) failures.Add(outcome);
        });
        output.WriteLine($"{Runs} drills of {Seconds} virtual seconds in {clock.Elapsed.TotalSeconds:F1} s, " +
            $"{events / clock.Elapsed.TotalSeconds:N0} events/s, {transitions} changes of mastership");
        Assert.True(failures.IsEmpty,
            $"{failures.Count} failed: {string.Join(", ", failures.Select(failure => failure.Seed).Order())}\n"
            + string.Join("\n\n", failures.OrderBy(failure => failure.Seed).Take(3).Select(Told)));
        Assert.True(transitions > 3 * Runs);                            // the faults were faults
    }

    [Fact]
    public void A_seed_replays_to_the_last_event()
    {
        for (ulong seed = 1; seed <= 2; seed++)
        {
            DrillOutcome one = Drill.Run(seed, Seconds), other = Drill.Run(seed, Seconds);
            Assert.Equal(one.Events, other.Events);
            Assert.Equal(one.Timeline, other.Timeline);
        }
    }

    /// <summary>What a box of a pair plays to itself: whatever it may have to do with nobody else there it has done before.</summary>
    [Fact]
    public void A_rehearsal_has_every_way_to_lose_a_master_and_the_way_back()
    {
        DrillOutcome outcome = Drill.Rehearse();
        Assert.Empty(outcome.Violations);
        string[] told = [.. outcome.Timeline.Select(happened => happened.What)];
        foreach (string fault in (string[])["Kill", "Stop", "Maintenance", "Freeze", "Unplug"])
            Assert.Contains(told, text => text.StartsWith($"{fault} of A for ", StringComparison.Ordinal));
        Assert.True(outcome.Transitions >= 2 * 2 * 5, $"{outcome.Transitions} transitions");
        Assert.True(outcome.FlowsDone > 4, $"{outcome.FlowsDone} flows");
    }

    private static string Told(DrillOutcome outcome) =>
        $"seed {outcome.Seed} ({outcome.Profile}):\n{string.Join('\n', outcome.Violations)}\n\n{string.Join('\n', outcome.Timeline)}";
}
