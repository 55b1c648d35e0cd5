using System.Collections.Immutable;
using System.Globalization;
using Appliance.Simulation;

namespace Appliance.Reports.Page;

/// <summary>
/// A drill as one page (<see cref="PageFrame"/>): who was master when, what was said, when answers came
/// through, and what happened in which order.
/// </summary>
internal static class DrillPage
{
    private const int Intervals = 150;
    private const string Timeline = "timeline";

    private static readonly string[] BoxNames = ["A", "B"];

    public static byte[] Render(DrillFacts facts)
    {
        var axis = new TimeAxis((ulong)Math.Max(1, facts.Picture.Nanoseconds / Intervals), Intervals);
        return PageFrame.Render(facts.Title, Markup.Of($"""
            <header>
            <p class="kicker">Failover drill</p>
            <h1>{facts.Title}</h1>
            <p class="lede">{facts.Lede}</p>
            <ul class="verdicts">{facts.Verdicts.Select(Verdict)}</ul>
            </header>
            <ul class="tiles">{facts.Figures.Select(Tile)}</ul>
            {Masters(facts.Picture, axis)}{Traffic(facts.Picture, axis)}{Adverts(facts.Picture, axis)}{Events(facts)}

            """));
    }

    private static Markup Verdict((bool IsGood, string Words) verdict)
    {
        (string kind, string sign) = verdict.IsGood ? ("good", "✓") : ("bad", "✕");
        return Markup.Of($"""<li><a class="{kind}" href="#{Timeline}"><i>{sign}</i>{verdict.Words}</a></li>""");
    }

    private static Markup Tile((string Name, string Value, string More) figure) => Markup.Of(
        $"""<li><span>{figure.Name}</span><b>{figure.Value}</b><small>{figure.More}</small></li>""");

    private static Markup Masters(DrillPicture picture, TimeAxis axis)
    {
        string[] groups = [.. picture.Masters.Select(span => span.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var rows = groups.SelectMany(group => BoxNames.Select((name, box) => (
            Colour: box + 1,
            Name: $"{name} {group}",
            Spans: Spans(picture.Masters.Where(span => span.Box == box && span.Name == group), $"{name} is master of {group}"))));
        (int, string, ImmutableArray<(long, long, string)>) faults = (7, "faults", [.. picture.Faults.Select(fault => (
            fault.From, fault.To, $"{Between(fault)}: {fault.Name}"))]);
        return PageSection.Of(
            "masters", "Who was master",
            "A group's address is at the box whose bar is drawn; where two overlap both had it, and where there is a gap nobody.",
            new SpanChart(axis, picture.Nanoseconds, [.. rows, faults]).Render("masters and faults over time"));
    }

    private static ImmutableArray<(long, long, string)> Spans(IEnumerable<DrillSpan> spans, string words) =>
        [.. spans.Select(span => (span.From, span.To, $"{Between(span)}: {words}"))];

    private static string Between(DrillSpan span) => string.Create(
        CultureInfo.InvariantCulture, $"{span.From / 1e9:0.000} s – {span.To / 1e9:0.000} s");

    private static Markup Traffic(DrillPicture picture, TimeAxis axis) => PageSection.Of(
        "traffic", "Answers through the pair",
        "Every answer that somebody behind the pair got; where there is none, nothing came through.",
        new StackChart(axis, "answers/s", [(3, "answers", Counts(picture, picture.Answers))]).Render("answers over time"));

    private static Markup Adverts(DrillPicture picture, TimeAxis axis) => PageSection.Of(
        "adverts", "Adverts",
        "What each box said, A below and B on it. A master says about one a second and group; a backup says nothing.",
        new StackChart(axis, "adverts/s", [.. BoxNames.Select((name, box) => (
            box + 1, name, Counts(picture, picture.Adverts.Where(advert => advert.Box == box).Select(advert => advert.At))))])
            .Render("adverts over time"));

    private static ImmutableArray<long> Counts(DrillPicture picture, IEnumerable<long> times)
    {
        var counts = new long[Intervals];
        foreach (long at in times) counts[Math.Clamp((int)(at * Intervals / Math.Max(1, picture.Nanoseconds)), 0, Intervals - 1)]++;
        return [.. counts];
    }

    private static Markup Events(DrillFacts facts) => PageSection.Of(
        Timeline, "What happened", "Faults, transitions with what was heard before and why, and what was broken, in order.",
        Markup.Of($"""
            <table><tr><th>time</th><th>who</th><th>what</th></tr>
            {facts.Timeline.Select(Event)}
            </table>{facts.Notes.Select(note => Markup.Of($"""<p class="note">Not looked at: {note}.</p>"""))}
            """));

    private static Markup Event(TimelineEvent happened) => Markup.Of($"""
        <tr><td>{(happened.At / 1e9).ToString("0.000000", CultureInfo.InvariantCulture)}</td><td>{happened.Who}</td>
        <td class="path">{happened.What}</td></tr>

        """);
}
