using System.Diagnostics;

namespace Appliance.Benchmarks.Harness;

/// <summary>
/// Measures contenders in turns, A B A B, in one process and on one thread, so that whatever else the machine does hits all of them alike.
/// A round is several short slices of each contender, also in turns, of which its fastest counts: a slice in which another process
/// was given the processor says nothing about either. The ratio is taken within each round, never between the medians of separate runs.
/// </summary>
public sealed class InterleavedComparison(int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(100);    // for each contender, and each tier of its code
    private static readonly TimeSpan SliceLength = TimeSpan.FromMilliseconds(5); // long beside the clock, short beside a scheduler's turn
    private const int SlicesPerRound = 5;
    private const int Tiers = 6;                      // plain, instrumented, optimized; more for what becomes hot only then
    private const int MaximumRepeats = 1 << 24;
    private const int LooksAtTheClock = 100;

    public ComparisonResult Run(Comparison comparison)
    {
        Contender[] contenders = [comparison.Ours, .. comparison.Peers];
        int[] repeats = [.. contenders.Select(WarmUpAndCountRepeats)];
        double[][] samples = [.. contenders.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
            RunRound(contenders, repeats, samples, round);

        var peers = new List<PeerResult>();
        for (int i = 1; i < contenders.Length; i++)
        {
            IEnumerable<double> ratios = samples[i].Zip(samples[0], (peer, ours) => peer / ours);
            peers.Add(new PeerResult(contenders[i].Name, Spread.Of(samples[i]), Spread.Of(ratios)));
        }

        return new ComparisonResult(comparison, Spread.Of(samples[0]), peers);
    }

    private static void RunRound(Contender[] contenders, int[] repeats, double[][] samples, int round)
    {
        double[] fastest = [.. contenders.Select(_ => double.MaxValue)];
        for (int slice = 0; slice < SlicesPerRound; slice++)
            for (int i = 0; i < contenders.Length; i++)
                fastest[i] = Math.Min(fastest[i], NanosecondsPerUnit(contenders[i], repeats[i]));
        for (int i = 0; i < contenders.Length; i++) samples[i][round] = fastest[i];
    }

    /// <summary>
    /// Returns how often the contender has to run to fill a slice. The pauses let the background compiler, which has the same core, install
    /// what the calls before them have made hot.
    /// </summary>
    private static int WarmUpAndCountRepeats(Contender contender)
    {
        int repeats = 1;
        for (int tier = 0; tier < Tiers; tier++)
        {
            RunUntimed(contender);
            long start = Stopwatch.GetTimestamp();
            int runs = 0;
            while (runs < MaximumRepeats && Stopwatch.GetElapsedTime(start) < WarmUp)
            {
                RunUntimed(contender);
                runs++;
            }

            repeats = Math.Max(1, (int)(runs * (SliceLength / Stopwatch.GetElapsedTime(start))));
            Thread.Sleep(WarmUp * 2);
        }

        return repeats;
    }

    /// <summary>The first run is not timed: it brings back to the caches what the contender before has driven out of them.</summary>
    private static double NanosecondsPerUnit(Contender contender, int repeats)
    {
        RunUntimed(contender);
        if (contender.Restore is { } restore) return NanosecondsPerUnit(contender, repeats, restore);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++) contender.RunOnce();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (repeats * contender.UnitsPerRun);
    }

    /// <summary>
    /// Each run by itself, so that what lies between them is left out, and so is what it takes to look at the clock: at least as long as
    /// between two looks with nothing between them.
    /// </summary>
    private static double NanosecondsPerUnit(Contender contender, int repeats, Action restore)
    {
        long ticks = -repeats * ShortestLook();
        for (int i = 0; i < repeats; i++)
        {
            restore();
            long start = Stopwatch.GetTimestamp();
            contender.RunOnce();
            ticks += Stopwatch.GetTimestamp() - start;
        }

        return Stopwatch.GetElapsedTime(0, ticks).TotalNanoseconds / (repeats * contender.UnitsPerRun);
    }

    private static long ShortestLook()
    {
        long shortest = long.MaxValue;
        for (int i = 0; i < LooksAtTheClock; i++)
        {
            long start = Stopwatch.GetTimestamp();
            shortest = Math.Min(shortest, Stopwatch.GetTimestamp() - start);
        }

        return shortest;
    }

    private static void RunUntimed(Contender contender)
    {
        contender.Restore?.Invoke();
        contender.RunOnce();
    }
}
