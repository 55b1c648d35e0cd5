using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>The captures that went in, and what was wrong with each.</summary>
internal static class CaptureSection
{
    public const string Id = "captures";

    public static Markup Render(PageFacts facts) => PageSection.Of(
        Id,
        "Captures",
        "In the order named. A damaged one was replayed up to its damage.",
        Markup.Of($"""
            <div class="scroll"><table><thead><tr><th>port</th><th>file</th><th class="right">frames</th><th>state</th></tr></thead>
            <tbody>{facts.Report.Inputs.Select(Row)}</tbody></table></div>
            """));

    private static Markup Row(ReplayInputAccounts input) => Markup.Of($"""
        <tr><td><bdi>{input.Port}</bdi></td><td class="path"><bdi>{input.File}</bdi></td>
        <td class="right">{Quantity.Count(input.Frames)}</td>
        <td class="{(input.Error is null ? "good" : "bad")}">{input.Error ?? "read to its end"}</td></tr>
        """);
}
