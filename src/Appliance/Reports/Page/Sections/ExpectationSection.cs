using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>Whether the replay came to what was expected of it: the broken ones first and in full, all of them behind a fold.</summary>
internal static class ExpectationSection
{
    public static Markup Render(ExpectationResult? result)
    {
        if (result is null) return Markup.Nothing;
        string note = result.Broken.IsEmpty
            ? $"All {Words.Count(result.Outcomes.Length, "counter")} of {result.File} came out as expected."
            : $"{Quantity.Count(result.Broken.Length)} of {Words.Count(result.Outcomes.Length, "counter")} of {result.File} came out otherwise.";
        Markup broken = result.Broken.IsEmpty ? Markup.Nothing : Table(result.Broken);
        return PageSection.Of("Expectations", note, broken, Markup.Of($"""
            <details><summary>All expectations</summary>{Table(result.Outcomes)}</details>
            """));
    }

    private static Markup Table(IEnumerable<ExpectationOutcome> outcomes) => Markup.Of($"""
        <div class="scroll"><table><thead><tr><th>counter</th><th class="right">expected</th><th class="right">found</th><th></th></tr></thead>
        <tbody>{outcomes.Select(Row)}</tbody></table></div>
        """);

    private static Markup Row(ExpectationOutcome outcome) => Markup.Of($"""
        <tr title="{outcome.Expectation.Position}"><td><code>{outcome.Expectation.Path}</code></td>
        <td class="right">{outcome.Expectation.Expected.ToString("N0", CultureInfo.InvariantCulture)}</td><td class="right">{Found(outcome)}</td>
        <td class="{(outcome.Held ? "good" : "bad")}">{(outcome.Held ? "✓ held" : "✕ broken")}</td></tr>
        """);

    private static string Found(ExpectationOutcome outcome) =>
        long.TryParse(outcome.Found, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? Quantity.Count(number) : outcome.Found;
}
