namespace Appliance.TestRunner;

/// <summary>
/// What the person in front of it reads: a line per suite, below it the names of what failed, the beginning of each, and what was skipped.
/// All of it is in the suite's log.
/// </summary>
public static class Report
{
    private const int LinesOfFailure = 12;

    public static void Write(TextWriter to, string suite, IReadOnlyList<TestResult> results, TimeSpan elapsed)
    {
        to.WriteLine($"{suite,-34} {Totals.Of(results)}  ({elapsed.TotalSeconds:0.0} s)");
        TestResult[] failures = [.. results.Where(result => result.Outcome == Outcome.Failed)];
        foreach (TestResult failed in failures) to.WriteLine($"  FAILED {failed.Name}");
        foreach (TestResult failed in failures) to.WriteLine($"  {failed.Name}\n{Beginning(failed.Detail, suite)}");
        foreach (TestResult skipped in results.Where(result => result.Outcome == Outcome.Skipped))
            to.WriteLine($"  skipped {skipped.Name}: {OneLine(skipped.Detail)}");
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Beginning(string text, string suite)
    {
        string[] lines = [.. text.TrimEnd().Split('\n').Select(line => "    " + line.TrimEnd())];
        int more = lines.Length - LinesOfFailure;
        return string.Join('\n', more <= 1 ? lines : [.. lines.Take(LinesOfFailure), $"    … {more} lines more in {suite}.log"]);
    }
}
