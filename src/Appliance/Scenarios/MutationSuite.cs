using System.Diagnostics;
using Appliance.Configuration;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>
/// One ruleset and the scenarios of all configurations that name it: a policy is tested when each of its rules is missed by a scenario as
/// soon as it is gone.
/// </summary>
/// <param name="Ruleset">Its file, as it is opened from here.</param>
/// <param name="Scenarios">And the folder of the configuration of each.</param>
/// <param name="Mutations">Of the ruleset, as the first of the configurations resolves it.</param>
internal sealed record MutationSuite(
    string Ruleset, IReadOnlyList<(ScenarioFolder Scenario, string Folder)> Scenarios, IReadOnlyList<Mutation> Mutations)
{
    /// <summary>By ruleset, in the order in which scenarios come to name them; scenarios without a ruleset are left out.</summary>
    /// <param name="scenarios">All of them pass.</param>
    public static IReadOnlyList<MutationSuite> FindAll(IEnumerable<ScenarioFolder> scenarios) =>
    [
        .. scenarios.DistinctBy(scenario => Path.GetFullPath(scenario.Path), StringComparer.Ordinal)
            .GroupBy(ConfigurationOf, StringComparer.Ordinal)
            .Select(group => (Configuration: group.Key, Model: ConfigurationFile.Load(group.Key), Scenarios: group.ToArray()))
            .Where(group => group.Model.Firewall is not null)
            .GroupBy(group => FromHere(group.Model.Firewall!.Ruleset.Path), StringComparer.Ordinal)
            .Select(group => new MutationSuite(
                group.Key,
                [.. group.SelectMany(of => of.Scenarios.Select(scenario => (scenario, FolderOf(of.Configuration))))],
                MutationsOf(group.First().Model, group.First().Configuration)))
            .Where(suite => suite.Mutations.Count > 0),
    ];

    /// <summary>Plays the scenarios without what the mutation takes away, until one fails.</summary>
    public MutationResult Try(Mutation mutation)
    {
        long started = Stopwatch.GetTimestamp();
        ScenarioFolder? noticed = Scenarios.FirstOrDefault(
            of => IsMissed(ScenarioRun.Of(of.Scenario, model => mutation.Apply(model, of.Folder)))).Scenario;
        return new MutationResult(mutation, noticed, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>A scenario that cannot be played any more has noticed nothing: it was played before.</summary>
    /// <exception cref="FailedException">That is what happened.</exception>
    private static bool IsMissed(ScenarioResult result) => result.Outcome switch
    {
        ScenarioOutcome.Passed => false,
        ScenarioOutcome.Failed => true,
        _ => throw new FailedException($"--mutate: {result.Lines[0]}"),
    };

    /// <summary>Rulesets are named relative to their configuration.</summary>
    private static IReadOnlyList<Mutation> MutationsOf(RuntimeModel model, string configuration) =>
        global::Appliance.Scenarios.Mutations.Of(model, file => FromHere(Path.Combine(FolderOf(configuration), file)));

    private static string ConfigurationOf(ScenarioFolder scenario) =>
        FromHere(Path.Combine(scenario.Path, ScenarioReader.Read(scenario.File).Config!.Value.Text));

    private static string FolderOf(string configuration) => Path.GetDirectoryName(configuration) ?? "";

    /// <summary>As it is opened from here, without the detours of who names it.</summary>
    private static string FromHere(string path)
    {
        string full = Path.GetFullPath(path), relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative;
    }
}
