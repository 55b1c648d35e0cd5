using System.Diagnostics;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>
/// One configuration and the scenarios that are of it: a policy is tested when each of its rules is missed by a scenario as soon as it is
/// gone.
/// </summary>
internal sealed record MutationSuite(string Configuration, IReadOnlyList<ScenarioFolder> Scenarios, IReadOnlyList<Mutation> Mutations)
{
    /// <summary>By configuration, in the order in which scenarios name them; those without a ruleset are left out.</summary>
    /// <param name="scenarios">All of them pass.</param>
    public static IReadOnlyList<MutationSuite> FindAll(IEnumerable<ScenarioFolder> scenarios) =>
    [
        .. scenarios.DistinctBy(scenario => Path.GetFullPath(scenario.Path), StringComparer.Ordinal)
            .GroupBy(ConfigurationOf, StringComparer.Ordinal)
            .Select(suite => new MutationSuite(
                suite.Key, [.. suite], MutationsOf(suite.Key)))
            .Where(suite => suite.Mutations.Count > 0),
    ];

    /// <summary>Plays the scenarios without what the mutation takes away, until one fails.</summary>
    public MutationResult Try(Mutation mutation)
    {
        long started = Stopwatch.GetTimestamp();
        ScenarioFolder? noticed = Scenarios.FirstOrDefault(scenario => IsMissed(ScenarioRun.Of(scenario, mutation.Apply)));
        return new MutationResult(mutation, noticed, PlaceOf(mutation), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Rulesets are named relative to their configuration.</summary>
    private string PlaceOf(Mutation mutation) =>
        (mutation.Position with { File = Path.Combine(Path.GetDirectoryName(Configuration) ?? "", mutation.Position.File) }).ToString();

    /// <summary>A scenario that cannot be played any more has noticed nothing: it was played before.</summary>
    /// <exception cref="FailedException">That is what happened.</exception>
    private static bool IsMissed(ScenarioResult result) => result.Outcome switch
    {
        ScenarioOutcome.Passed => false,
        ScenarioOutcome.Failed => true,
        _ => throw new FailedException($"--mutate: {result.Lines[0]}"),
    };

    private static IReadOnlyList<Mutation> MutationsOf(string configuration) =>
        global::Appliance.Scenarios.Mutations.Of(ConfigurationFile.Load(configuration));

    /// <summary>As it is opened from here, without the detours of the scenario that names it.</summary>
    private static string ConfigurationOf(ScenarioFolder scenario)
    {
        string path = Path.GetFullPath(Path.Combine(scenario.Path, ScenarioReader.Read(scenario.File).Config!.Value.Text));
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
