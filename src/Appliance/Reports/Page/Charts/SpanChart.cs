using System.Collections.Immutable;
using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>What was so from when to when, a row for each of whom it may have been so.</summary>
/// <param name="axis">Of all charts of the page.</param>
/// <param name="span">Nanoseconds that the axis is long.</param>
/// <param name="rows">From the top: the colour's number, the name, and the spans with what a pointer is told of each.</param>
internal sealed class SpanChart(
    TimeAxis axis, double span, ImmutableArray<(int Colour, string Name, ImmutableArray<(long From, long To, string Words)> Spans)> rows)
{
    private const int RowPixels = 26, BarPixels = 16, AxisPixels = 22;
    private const int Wide = 100_000;                                   // units of the paths from end to end
    private const int Least = 150;                                      // of them: a moment can be seen, too

    private int PlotPixels => rows.Length * RowPixels;

    /// <param name="label">What it shows, for those who cannot see it.</param>
    public Markup Render(string label) => Markup.Of($"""
        <div class="axes">
        <svg class="scale" height="{PlotPixels + AxisPixels}" aria-hidden="true">{Labels()}</svg>
        <svg class="plot" height="{PlotPixels + AxisPixels}" role="img" aria-label="{label}">
        {axis.Lines(0, PlotPixels)}
        <svg width="100%" height="{PlotPixels}" viewBox="0 0 {Wide} {PlotPixels}" preserveAspectRatio="none">
        {rows.Select(Row)}
        </svg>
        <line class="base" x1="0" x2="100%" y1="{PlotPixels}" y2="{PlotPixels}"/>
        {axis.Labels(PlotPixels + 16)}
        </svg></div>
        """);

    private IEnumerable<Markup> Labels() => rows.Select((row, index) => Markup.Of(
        $"""<text class="tick end" x="100%" y="{(index * RowPixels) + 17}" dx="-6">{row.Name}</text>"""));

    private Markup Row((int Colour, string Name, ImmutableArray<(long From, long To, string Words)> Spans) row, int index)
    {
        int top = (index * RowPixels) + ((RowPixels - BarPixels) / 2);
        IEnumerable<string> bars = row.Spans.Select(bar => string.Create(
            CultureInfo.InvariantCulture, $"M{Place(bar.From)} {top}h{Length(bar.From, bar.To)}v{BarPixels}h-{Length(bar.From, bar.To)}z"));
        IEnumerable<Markup> hits = row.Spans.Select(bar => Markup.Of($"""
            <rect class="hit" x="{Place(bar.From)}" width="{Length(bar.From, bar.To)}" y="{top}" height="{BarPixels}">
            <title>{bar.Words}</title></rect>
            """));
        return Markup.Of($"""<path class="c{row.Colour}" d="{string.Concat(bars)}"/>{hits}""");
    }

    private long Place(long at) => Math.Min((long)(Wide * (at / span)), Wide - Least);

    private long Length(long from, long to) => Math.Max(Least, (long)(Wide * (to / span)) - Place(from));
}
