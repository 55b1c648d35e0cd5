using System.Collections.Concurrent;
using System.Diagnostics;

namespace Appliance.TestRunner;

/// <summary>
/// Runs the suites of the repository that is the current directory. Arguments are parts of the names of those wanted; without any, all are.
/// For a person, what computes runs beside what waits, two suites at a time, and yields to it; otherwise each has the machine for itself.
/// </summary>
internal static class Program
{
    private static readonly Lock s_console = new();

    private static int Main(string[] wanted)
    {
        string root = Directory.GetCurrentDirectory();
        string directory = Directory.CreateDirectory(Path.Combine(root, "artifacts", "test-results")).FullName;
        string size = Environment.GetEnvironmentVariable("APPLIANCE_TEST_SIZE") is { Length: > 0 } value ? value : "person";
        TimeSpan limit = size == "soak" ? TimeSpan.FromHours(12) : TimeSpan.FromMinutes(25);       // a suite, at most
        Console.WriteLine($"Tests of size {size}; logs and results are in artifacts/test-results.");

        long start = Stopwatch.GetTimestamp();
        Suite[] suites = [.. SuiteList.Of(root).Where(suite => wanted.Length == 0 || wanted.Any(suite.Name.Contains))];
        TestResult[] results = Run(suites, isShared: size == "person", directory, limit);
        var totals = Totals.Of(results);
        foreach (TestResult failed in results.Where(result => result.Outcome == Outcome.Failed)) Console.WriteLine($"FAILED {failed.Name}");
        Console.WriteLine($"In {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
        if (totals.Passed + totals.Failed == 0) Console.WriteLine("Nothing ran.");
        Console.WriteLine(totals);
        File.WriteAllText(Path.Combine(directory, "totals"), totals + "\n");
        return totals.AreGood ? 0 : 1;
    }

    /// <summary>Answers the results in the order of the suites.</summary>
    /// <param name="suites">Those wanted.</param>
    /// <param name="isShared">Three run at a time: one that waits, or else computes, and two that compute.</param>
    /// <param name="directory">Where logs and results go.</param>
    /// <param name="limit">Of a suite.</param>
    private static TestResult[] Run(Suite[] suites, bool isShared, string directory, TimeSpan limit)
    {
        ConcurrentQueue<Suite> waiting = new(suites.Where(suite => suite.Waits)), computing = new(suites.Where(suite => !suite.Waits));
        ConcurrentQueue<Suite>[][] lanes = isShared ? [[waiting, computing], [computing], [computing]] : [[new(suites)]];
        bool yields = isShared && !waiting.IsEmpty;
        var results = new ConcurrentDictionary<Suite, IReadOnlyList<TestResult>>();
        Thread[] threads = [.. lanes.Select(lane => new Thread(() => RunAll(lane)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return [.. suites.SelectMany(suite => results[suite])];

        void RunAll(IEnumerable<ConcurrentQueue<Suite>> lane)
        {
            foreach (ConcurrentQueue<Suite> queue in lane)
            {
                while (queue.TryDequeue(out Suite? suite)) results[suite] = RunOne(suite, directory, limit, yields && !suite.Waits);
            }
        }
    }

    private static IReadOnlyList<TestResult> RunOne(Suite suite, string directory, TimeSpan limit, bool yields)
    {
        if (!Console.IsOutputRedirected) Console.Write($"{suite.Name} …\r");
        SuiteRun? run = suite.SkipReason is null ? SuiteProcess.Run(suite, directory, limit, yields) : null;
        IReadOnlyList<TestResult> results = run?.Judge() ?? [new TestResult("(all)", Outcome.Skipped, suite.SkipReason!)];
        lock (s_console) Report.Write(Console.Out, suite.Name, results, run?.Elapsed ?? TimeSpan.Zero);
        return results;
    }
}
