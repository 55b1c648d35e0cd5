using System.Globalization;
using Appliance.Reports;
using Appliance.Scenarios;

namespace Appliance.Verbs;

/// <summary><c>test --mutate</c>: takes one rule after the other out of the rulesets of scenarios that pass.</summary>
internal static class MutationRun
{
    /// <summary>Says which rules nobody missed; answers the results as those of scenarios, by ruleset.</summary>
    /// <exception cref="RefusedException">There is no ruleset.</exception>
    public static List<(string Folder, IReadOnlyList<ScenarioResult> Results)> Of(IEnumerable<ScenarioFolder> scenarios)
    {
        IReadOnlyList<MutationSuite> suites = MutationSuite.FindAll(scenarios);
        if (suites.Count == 0) throw new RefusedException("--mutate: no configuration of these scenarios has a ruleset");
        Action<int>? progress = Progress.OfSteps("tried", suites.Sum(suite => suite.Mutations.Count));
        int done = 0;
        var all = new List<(string Folder, IReadOnlyList<ScenarioResult> Results)>();
        foreach (MutationSuite suite in suites)
        {
            var results = new List<MutationResult>();
            foreach (Mutation mutation in suite.Mutations)
            {
                results.Add(suite.Try(mutation));
                progress?.Invoke(++done);
            }

            foreach (MutationResult result in results.Where(result => result.NoticedBy is null))
                ErrorOutput.Print(result.Line);
            Console.WriteLine(Summary(suite, results.Count(result => result.NoticedBy is null)));
            all.Add((suite.Ruleset, [.. results.Select(result => ToScenario(suite, result))]));
        }

        return all;
    }

    /// <summary><c>configs/dmz.pf.conf: 24 rules and tables deleted one by one: 23 noticed, 1 not</c>.</summary>
    private static string Summary(MutationSuite suite, int unnoticed)
    {
        int count = suite.Mutations.Count;
        string sums = string.Create(CultureInfo.InvariantCulture, $"{count - unnoticed} noticed, {unnoticed} not");
        return string.Create(CultureInfo.InvariantCulture,
            $"{suite.Ruleset}: {count} rules and tables deleted one by one: {(unnoticed == 0 ? Paint.Good(sums) : Paint.Bad(sums))}");
    }

    private static ScenarioResult ToScenario(MutationSuite suite, MutationResult result) => new(
        new ScenarioFolder(suite.Ruleset, $"without {result.Mutation.Name}"),
        result.NoticedBy is null ? ScenarioOutcome.Failed : ScenarioOutcome.Passed,
        result.NoticedBy is null ? [result.Line] : [],
        result.Seconds);
}
