using System.Diagnostics;

namespace Appliance.TestRunner;

/// <summary>
/// Runs the suites of the repository that is the current directory. Arguments are parts of the names of those wanted; without any, all are.
/// For a person, what computes runs beside what waits and yields to it; otherwise each suite has the machine for itself.
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
        ILookup<bool, Suite> lanes = suites.ToLookup(suite => size == "person" && suite.Waits);
        TestResult[][] results = new TestResult[2][];
        Parallel.For(0, results.Length, lane => results[lane] =
            [.. lanes[lane == 0].SelectMany(suite => RunOne(suite, directory, limit, yields: lane == 1 && lanes[true].Any()))]);
        Totals totals = Totals.Of([.. results.SelectMany(lane => lane)]);
        IEnumerable<string> failed = results.SelectMany(lane => lane)
            .Where(result => result.Outcome == Outcome.Failed).Select(result => result.Name);
        foreach (string name in failed) Console.WriteLine($"FAILED {name}");
        Console.WriteLine($"In {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
        if (totals.Passed + totals.Failed == 0) Console.WriteLine("Nothing ran.");
        Console.WriteLine(totals);
        File.WriteAllText(Path.Combine(directory, "totals"), totals + "\n");
        return totals.AreGood ? 0 : 1;
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
