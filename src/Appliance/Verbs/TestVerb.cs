using System.CommandLine;
using Appliance.Reports;
using Appliance.Scenarios;

namespace Appliance.Verbs;

/// <summary><c>test</c>: plays scenarios and says which expectations were not met.</summary>
internal sealed class TestVerb
{
    public static readonly string[] Examples =
    [
        "test scenarios", "test scenarios/web scenarios/mail --junit results.xml", "test --mutate scenarios",
    ];

    private readonly Argument<string[]> _folders = new("DIR")
    {
        Description = "A folder with a test.yaml, or with such folders in it.",
        Arity = ArgumentArity.ZeroOrMore,                               // none is refused below, in our own words
    };

    private readonly Option<string?> _junit =
        new Option<string?>("--junit") { Description = "Write the results as JUnit XML.", HelpName = "FILE" }.NeverEmpty();

    private readonly Option<bool> _mutate = new("--mutate")
    {
        Description = "Also delete each rule and empty each table in turn, and say which of them no scenario misses.",
    };

    public static Command Build()
    {
        var verb = new TestVerb();
        var command = new Command("test", "Play scenarios: captures in, and what is expected of each packet, counter and output.")
        {
            verb._folders, verb._junit, verb._mutate,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(verb._folders) is not { Length: > 0 } folders || folders.Contains("")) result.AddError("expected DIR");
        });
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var named = parsed.GetRequiredValue(_folders).Select(folder => (Folder: folder, Scenarios: ScenarioFolder.Find(folder))).ToList();
        using ReportFile? junit = parsed.GetValue(_junit) is { } path ? new ReportFile(_junit.Name, path) : null;
        Action<int>? progress = Progress.OfSteps("tested", named.Sum(suite => suite.Scenarios.Count));
        var suites = new List<(string Folder, IReadOnlyList<ScenarioResult> Results)>();
        int done = 0;
        foreach ((string folder, IReadOnlyList<ScenarioFolder> scenarios) in named)
        {
            var results = new List<ScenarioResult>();
            suites.Add((folder, results));
            foreach (ScenarioFolder scenario in scenarios)
            {
                results.Add(ScenarioRun.Of(scenario));
                progress?.Invoke(++done);
            }
        }

        ScenarioResult[] all = [.. suites.SelectMany(suite => suite.Results)];
        foreach (string line in all.SelectMany(result => result.Lines))
            ErrorOutput.Print(line);
        Console.WriteLine(Summary(all));
        bool passed = all.All(result => result.Outcome == ScenarioOutcome.Passed);
        if (passed && parsed.GetValue(_mutate)) suites.AddRange(MutationRun.Of(named.SelectMany(suite => suite.Scenarios)));
        if (junit?.TryWrite(JUnitReport.Render(suites)) is { } unwritten) throw new FailedException(unwritten);
        return ExitCodeOf(suites.SelectMany(suite => suite.Results).Max(result => result.Outcome));
    }

    private static int ExitCodeOf(ScenarioOutcome worst) => worst switch
    {
        ScenarioOutcome.Passed => ExitCode.Done,
        ScenarioOutcome.Refused => ExitCode.Refused,
        _ => ExitCode.Failed,
    };

    /// <summary><c>3 scenarios: 2 passed, 1 failed</c>.</summary>
    private static string Summary(ScenarioResult[] all)
    {
        int passed = all.Count(result => result.Outcome == ScenarioOutcome.Passed);
        int failed = all.Count(result => result.Outcome == ScenarioOutcome.Failed);
        int unplayed = all.Length - passed - failed;
        string sums = $"{passed} passed, {failed} failed{(unplayed > 0 ? $", {unplayed} in error" : "")}";
        string scenarios = all.Length == 1 ? "1 scenario" : $"{all.Length} scenarios";
        return $"{scenarios}: {(passed == all.Length ? Paint.Good(sums) : Paint.Bad(sums))}";
    }
}
