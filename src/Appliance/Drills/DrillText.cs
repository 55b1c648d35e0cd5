using System.Globalization;
using System.Text;
using Appliance.Reports;
using Appliance.Simulation;

namespace Appliance.Drills;

/// <summary>Simulated drills for people.</summary>
internal static class DrillText
{
    /// <summary>All of one drill: what went wrong, who did what and why, and what was broken.</summary>
    public static string Whole(DrillOutcome outcome, int seconds)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"drill {outcome.Seed}: {outcome.Profile}");
        foreach (TimelineEvent happened in outcome.Timeline) text.AppendLine(CultureInfo.InvariantCulture, $"  {happened}");
        if (outcome.IsPassed) return text.ToString();
        foreach (Violation violation in outcome.Violations) text.AppendLine(Paint.Bad($"broken  {violation}"));
        text.AppendLine(CultureInfo.InvariantCulture, $"again:  appliance drill --seed {outcome.Seed} --runs 1 --seconds {seconds}");
        return text.ToString();
    }

    public static string Summary(DrillSums sums, ulong seed, int seconds, double elapsed)
    {
        var text = new StringBuilder();
        string verdict = sums.Failed == 0
            ? Paint.Good($"{Quantity.Count(sums.Runs)} passed")
            : $"{Quantity.Count(sums.Runs - sums.Failed)} passed, {Paint.Bad($"{Quantity.Count(sums.Failed)} failed")}";
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Quantity.Count(sums.Runs)} {(sums.Runs == 1 ? "drill" : "drills")} of {seconds} s from seed {seed}: {verdict}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  speed        {Quantity.Rate(sums.Events, elapsed, "events/s")}, " +
            $"{Quantity.Count(sums.Events)} events in {Quantity.Duration(elapsed)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  mastership   {Quantity.Count(sums.Transitions)} changes; at most " +
            $"{Seconds(sums.LongestWithoutMaster)} without a master and {Seconds(sums.LongestWithTwo)} with two, partitions included");
        text.AppendLine(CultureInfo.InvariantCulture, $"  flows        {Quantity.Count(sums.FlowsDone)} came to their end, " +
            $"{Quantity.Count(sums.FlowsExcused)} translated ones ended with the last box that knew them");
        foreach (string not in Drill.NotChecked) text.AppendLine(CultureInfo.InvariantCulture, $"  not checked  {not}");
        return text.ToString();
    }

    private static string Seconds(long nanoseconds) => Quantity.Seconds(nanoseconds / 1e9);
}
