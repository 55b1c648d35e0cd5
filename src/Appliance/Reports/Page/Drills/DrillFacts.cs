using System.Collections.Immutable;
using Appliance.Simulation;

namespace Appliance.Reports.Page;

/// <summary>What the page of a drill says, be it simulated or of two processes.</summary>
/// <param name="Title">Which drill.</param>
/// <param name="Lede">What was drilled, in a sentence.</param>
/// <param name="Verdicts">What was to hold, and whether it did.</param>
/// <param name="Figures">Those that are asked for first: name, value, and what else there is to it.</param>
/// <param name="Picture">What is drawn.</param>
/// <param name="Timeline">What happened.</param>
/// <param name="Notes">What was not looked at.</param>
internal sealed record DrillFacts(
    string Title,
    string Lede,
    ImmutableArray<(bool IsGood, string Words)> Verdicts,
    ImmutableArray<(string Name, string Value, string More)> Figures,
    DrillPicture Picture,
    ImmutableArray<TimelineEvent> Timeline,
    ImmutableArray<string> Notes)
{
    /// <summary>Of a simulated one.</summary>
    public static DrillFacts Of(DrillOutcome outcome, int seconds) => new(
        $"Drill {outcome.Seed}",
        $"Two simulated appliances for {seconds} s: {outcome.Profile}.",
        outcome.IsPassed
            ? [(true, "Every invariant held")]
            : [.. outcome.Violations.Take(3).Select(violation => (false, $"{violation.Checker}: {violation.What}"))],
        [
            ("Events", Quantity.Count(outcome.Events), "frames and deadlines"),
            ("Changes of mastership", Quantity.Count(outcome.Transitions), "of two groups"),
            ("Longest without a master", Quantity.Seconds(outcome.LongestWithoutMaster / 1e9), "faults of all kinds included"),
            ("Conversations", Quantity.Count(outcome.FlowsDone), $"came to their end, {Quantity.Count(outcome.FlowsExcused)} excused"),
        ],
        outcome.Picture!,
        outcome.Timeline,
        [.. Drill.NotChecked]);
}
