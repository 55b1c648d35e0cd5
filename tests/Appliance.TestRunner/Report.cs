namespace Appliance.TestRunner;

/// <summary>What the person in front of it reads: a line per suite, below it what failed and what was skipped.</summary>
public static class Report
{
    public static void Write(TextWriter to, string suite, IReadOnlyList<TestResult> results, TimeSpan elapsed)
    {
        to.WriteLine($"{suite,-34} {Totals.Of(results)}  ({elapsed.TotalSeconds:0.0} s)");
        foreach (TestResult skipped in results.Where(result => result.Outcome == Outcome.Skipped))
            to.WriteLine($"  skipped {skipped.Name}: {OneLine(skipped.Detail)}");
        foreach (TestResult failed in results.Where(result => result.Outcome == Outcome.Failed))
            to.WriteLine($"  FAILED {failed.Name}\n{Indented(failed.Detail)}");
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Indented(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(line => "    " + line.TrimEnd()));
}
