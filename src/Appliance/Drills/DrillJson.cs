using System.Text;
using System.Text.Json;
using Appliance.Simulation;

namespace Appliance.Drills;

/// <summary>Simulated drills for programs. Times are seconds.</summary>
internal static class DrillJson
{
    public static string Render(DrillSums sums, ulong seed, int seconds, double elapsed)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("seed", seed);
            json.WriteNumber("seconds", seconds);
            json.WriteNumber("runs", sums.Runs);
            json.WriteNumber("failed", sums.Failed);
            json.WriteNumber("events", sums.Events);
            json.WriteNumber("transitions", sums.Transitions);
            json.WriteNumber("longestWithoutMasterSeconds", sums.LongestWithoutMaster / 1e9);
            json.WriteNumber("longestWithTwoMastersSeconds", sums.LongestWithTwo / 1e9);
            json.WriteStartObject("flows");
            json.WriteNumber("done", sums.FlowsDone);
            json.WriteNumber("excused", sums.FlowsExcused);
            json.WriteEndObject();
            json.WriteStartArray("failures");
            foreach (DrillOutcome failure in sums.Failures) Write(json, failure);
            json.WriteEndArray();
            json.WriteStartArray("notChecked");
            foreach (string not in Drill.NotChecked) json.WriteStringValue(not);
            json.WriteEndArray();
            json.WriteNumber("elapsedSeconds", elapsed);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, DrillOutcome failure)
    {
        json.WriteStartObject();
        json.WriteNumber("seed", failure.Seed);
        json.WriteString("profile", failure.Profile);
        Write(json, "violations", "checker", failure.Violations.Select(violation => (violation.At, violation.Checker, violation.What)));
        Write(json, "timeline", "who", failure.Timeline.Select(happened => (happened.At, happened.Who, happened.What)));
        json.WriteEndObject();
    }

    /// <param name="subject">What the second of each is called.</param>
    private static void Write(Utf8JsonWriter json, string name, string subject, IEnumerable<(long At, string Subject, string What)> entries)
    {
        json.WriteStartArray(name);
        foreach ((long at, string who, string what) in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("at", at / 1e9);
            json.WriteString(subject, who);
            json.WriteString("what", what);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
