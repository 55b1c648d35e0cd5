using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>Whether the replay came to what was expected of it: the broken ones first and in full, all of them behind a fold.</summary>
internal static class ExpectationSection
{
    public const string Id = "expectations";

    public static Markup Render(ExpectationResult? result)
    {
        if (result is null) return Markup.Nothing;
        string counters = $"{Words.Count(result.Outcomes.Length, "counter")} of {result.File}";
        string note = result.Broken.IsEmpty
            ? $"All {counters} came out as expected."
            : $"{Quantity.Count(result.Broken.Length)} of {counters} came out otherwise.";
        Markup broken = result.Broken.IsEmpty ? Markup.Nothing : Table(result.Broken);
        return PageSection.Of(Id, "Expectations", note, broken, Markup.Of($"""
            <details><summary>All expectations</summary>{Table(result.Outcomes)}</details>
            """));
    }

    private static Markup Table(IEnumerable<ExpectationOutcome> outcomes) => Markup.Of($"""
        <div class="scroll"><table>
        <thead><tr><th>counter</th><th class="right">expected</th><th class="right">found</th><th>outcome</th></tr></thead>
        <tbody>{outcomes.Select(Row)}</tbody></table></div>
        """);

    private static Markup Row(ExpectationOutcome outcome) => Markup.Of($"""
        <tr title="{outcome.Expectation.Position}"><td><code>{outcome.Expectation.Path}</code></td>
        <td class="right">{Quantity.Count(outcome.Expectation.Expected)}</td><td class="right">{Found(outcome.Found)}</td>
        <td class="{(outcome.Held ? "good" : "bad")}">{(outcome.Held ? "✓ held" : "✕ broken")}</td></tr>
        """);

    private static string Found(string found) =>
        long.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? Quantity.Count(number) : found;
}
