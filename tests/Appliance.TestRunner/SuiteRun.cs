namespace Appliance.TestRunner;

/// <summary>How a suite's process ended and what it left.</summary>
/// <param name="ExitCode">Null when it was stopped for taking too long, or could not be started.</param>
/// <param name="Results">The text of its result file; null when it wrote none.</param>
/// <param name="Log">What it printed, both streams.</param>
/// <param name="Elapsed">Wall time.</param>
public sealed record SuiteRun(int? ExitCode, string? Results, string Log, TimeSpan Elapsed)
{
    private const int QuotedLines = 40;

    /// <summary>
    /// The tests' results, never none, and one failure more for each thing around them that went wrong: a crash, a file cut short, an exit
    /// code that no failed test explains, no test at all (a project that calls itself one of tests and runs none has lost them).
    /// </summary>
    public IReadOnlyList<TestResult> Judge()
    {
        if (ExitCode is null) return [TestResult.FailureOf("(the process)", $"It did not start, or did not end by itself.\n{Tail}")];
        if (Results is null) return [TestResult.FailureOf("(the process)", $"It wrote no results; its exit code is {ExitCode}.\n{Tail}")];
        if (!ResultFile.TryRead(Results, out IReadOnlyList<TestResult> results, out string why))
            return [TestResult.FailureOf("(the result file)", $"It cannot be read: {why}\n{Tail}")];
        if (results.Count == 0) return [TestResult.FailureOf("(no tests)", $"It ran none; its exit code is {ExitCode}.\n{Tail}")];
        bool explained = ExitCode == 0 || results.Any(result => result.Outcome == Outcome.Failed);
        if (explained) return results;
        return [.. results, TestResult.FailureOf("(the process)", $"No test failed, yet its exit code is {ExitCode}.\n{Tail}")];
    }

    private string Tail => string.Join('\n', Log.TrimEnd().Split('\n').TakeLast(QuotedLines));
}
