using System.Collections.Immutable;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>Drops over time by reason, and each reason in words.</summary>
internal static class DropSection
{
    private const string Id = "drops";

    /// <summary>Reasons with a colour of their own; the rarer ones share <see cref="OtherColour"/>.</summary>
    private const int Colours = 6;

    private const int OtherColour = 0;

    public static Markup Render(PageFacts facts)
    {
        NodeAccounts accounts = facts.Accounts;
        if (accounts.Drops.IsEmpty) return PageSection.Of(Id, "Drops", "No frame was dropped.");
        ImmutableArray<(string Reason, long Frames)> drops =
            [.. accounts.Drops.OrderByDescending(drop => drop.Value).Select(drop => (drop.Key, drop.Value))];
        string note = $"{Words.Count(accounts.Dropped, "frame")} for {Words.Count(drops.Length, "reason")}, each frame for one. " +
            "An ICMP error that a drop caused is counted as generated.";
        return PageSection.Of(Id, "Drops", note, Chart(facts, drops), Markup.Of($"""
            <ul class="rows drops">
            {drops.Select((drop, rank) => Row(drop.Reason, drop.Frames, ColourOf(rank, drops.Length), accounts.Dropped, drops[0].Frames))}
            </ul>
            """));
    }

    /// <summary>Should one reason only be left over, it has the last colour to itself.</summary>
    private static int ColourOf(int rank, int reasons) => rank < Colours || reasons == Colours + 1 ? rank + 1 : OtherColour;

    private static Markup Chart(PageFacts facts, ImmutableArray<(string Reason, long Frames)> drops)
    {
        var axis = new TimeAxis(facts.Timeline);
        if (!axis.HasSpan) return Markup.Nothing;
        var parts = drops.Select((drop, rank) =>
            (Colour: ColourOf(rank, drops.Length), drop.Reason, Amounts: facts.Timeline.Drops[drop.Reason]));
        var drawn = parts.Where(part => part.Colour != OtherColour).ToList();
        ImmutableArray<long>[] others = [.. parts.Where(part => part.Colour == OtherColour).Select(part => part.Amounts)];
        if (others.Length > 0) drawn.Add((OtherColour, Words.Count(others.Length, "other reason"), Sum(others, axis.Intervals)));
        return Markup.Of($"""
            <figure><figcaption><b>frames/s</b> <span>dropped, by reason</span></figcaption>
            {new StackChart(axis, "frames/s", [.. drawn]).Render("Frames dropped by reason over time")}</figure>
            """);
    }

    private static ImmutableArray<long> Sum(ImmutableArray<long>[] series, int intervals) =>
        [.. Enumerable.Range(0, intervals).Select(interval => series.Sum(amounts => amounts[interval]))];

    private static Markup Row(string reason, long frames, int colour, long all, long most) => Markup.Of($"""
        <li><span class="name"><i class="swatch c{colour}"></i><code>{reason}</code></span>
        {LengthBar.Render($"c{colour}", $"{reason} {Quantity.Count(frames)}", frames, most)}
        <span class="number"><b>{Quantity.Count(frames)}</b> <small>{Quantity.Percent(frames, all)}</small></span>
        <span class="words">the frame {DropReasonWords.Of(reason)}</span></li>
        """);
}
