using System.Diagnostics;

namespace Appliance.Benchmarks.Harness;

/// <summary>
/// Measures contenders in turns, A B A B, in one process and on one thread, so that whatever else the machine does hits all of them alike.
/// The ratio is taken within each round, never between the medians of separate runs.
/// </summary>
public sealed class InterleavedComparison(int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);        // for each contender: tier-up needs calls, then 100 ms
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(20);    // long beside the clock, short beside a foreign load
    private const int MaximumRepeats = 1 << 24;

    public ComparisonResult Run(Comparison comparison)
    {
        Contender[] contenders = [comparison.Ours, .. comparison.Peers];
        int[] repeats = [.. contenders.Select(WarmUpAndCountRepeats)];
        double[][] samples = [.. contenders.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < contenders.Length; i++)
                samples[i][round] = NanosecondsPerUnit(contenders[i], repeats[i]);

        var peers = new List<PeerResult>();
        for (int i = 1; i < contenders.Length; i++)
        {
            IEnumerable<double> ratios = samples[i].Zip(samples[0], (peer, ours) => peer / ours);
            peers.Add(new PeerResult(contenders[i].Name, Spread.Of(samples[i]), Spread.Of(ratios)));
        }

        return new ComparisonResult(comparison, Spread.Of(samples[0]), peers);
    }

    /// <summary>Returns how often the contender has to run to fill a round.</summary>
    private static int WarmUpAndCountRepeats(Contender contender)
    {
        // The pause lets the background compiler install what the first calls made hot.
        contender.RunOnce();
        Thread.Sleep(100);
        long start = Stopwatch.GetTimestamp();
        int runs = 0;
        while (runs < MaximumRepeats && Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            contender.RunOnce();
            runs++;
        }

        return Math.Max(1, (int)(runs * (RoundLength / Stopwatch.GetElapsedTime(start))));
    }

    private static double NanosecondsPerUnit(Contender contender, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++) contender.RunOnce();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (repeats * contender.UnitsPerRun);
    }
}
