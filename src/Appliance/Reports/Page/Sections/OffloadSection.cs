using System.Globalization;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>What was joined on the way in and cut on the way out: the same data as many frames and as few.</summary>
internal static class OffloadSection
{
    private const string Id = "offloads";

    /// <summary>Frames in a train, on average.</summary>
    public static string PerTrain(OffloadAccounts offloads) => Ratio(offloads.LroSegments, offloads.LroSuperframes);

    public static Markup Render(PageFacts facts)
    {
        OffloadAccounts offloads = facts.Offloads;
        return PageSection.Of(
            Id,
            "Coalescing and segmentation",
            "Offloads decide who does the work, never which frames leave.",
            Markup.Of($"""
                <div class="pair">
                <article><h3>Coalescing <small>LRO, on the way in</small></h3>
                {Joined(offloads, facts.Accounts)}</article>
                <article><h3>Segmentation <small>TSO, on the way out</small></h3>
                {Cut(offloads)}</article>
                </div>
                """));
    }

    private static Markup Joined(OffloadAccounts offloads, NodeAccounts accounts)
    {
        if (offloads.LroSuperframes == 0) return Nothing("No frame was joined to another.");
        string share = Quantity.Percent(offloads.LroSegments, accounts.Received);
        string words = $"{PerTrain(offloads)} frames per train; {share} of the frames in travelled in trains";
        return Pair(("frames in trains", offloads.LroSegments), ("trains", offloads.LroSuperframes), words);
    }

    private static Markup Cut(OffloadAccounts offloads)
    {
        if (offloads.TsoSuperframes == 0) return Nothing("No large frame or train was cut here.");
        string words = $"{Ratio(offloads.TsoSegments, offloads.TsoSuperframes)} segments per large frame or train";
        return Pair(("large frames", offloads.TsoSuperframes), ("segments", offloads.TsoSegments), words);
    }

    private static Markup Pair((string Name, long Number) first, (string Name, long Number) second, string words)
    {
        long most = Math.Max(first.Number, second.Number);
        return Markup.Of($"""<ul class="rows lengths">{Row(first, most)}{Row(second, most)}</ul><p class="sum">{words}</p>""");
    }

    private static Markup Row((string Name, long Number) row, long most) => Markup.Of($"""
        <li><span class="name">{row.Name}</span>
        {LengthBar.Render("own", $"{row.Name} {Quantity.Count(row.Number)}", row.Number, most)}
        <span class="number"><b>{Quantity.Count(row.Number)}</b></span></li>
        """);

    private static Markup Nothing(string words) => Markup.Of($"""<p class="sum">{words}</p>""");

    private static string Ratio(long many, long few) =>
        few == 0 ? "–" : ((double)many / few).ToString("F1", CultureInfo.InvariantCulture);
}
