using System.Collections.Immutable;
using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>Parts of a rate over time, one on the other: what stands on top is their sum.</summary>
/// <param name="parts">From the bottom up: the colour's number, the name, and the amounts by interval.</param>
internal sealed class StackChart(TimeAxis axis, string unit, ImmutableArray<(int Colour, string Name, ImmutableArray<long> Amounts)> parts)
{
    private const int PlotPixels = 150;
    private const int AxisPixels = 22;
    private const int Fine = 10;
    private const int Steps = 3;

    private readonly Scale _scale = Scale.For(PeakOf(axis, parts), Steps);
    private readonly int _steps = Math.Max(1, Scale.For(PeakOf(axis, parts), Steps).StepsTo(PeakOf(axis, parts)));

    public Markup Render(string label) => Markup.Of($"""
        <div class="axes">
        <svg class="scale" height="{PlotPixels + AxisPixels}" aria-hidden="true">{Labels()}</svg>
        <svg class="plot" height="{PlotPixels + AxisPixels}" role="img" aria-label="{label}">
        {Lines()}{axis.Lines(0, PlotPixels)}
        <svg width="100%" height="{PlotPixels}" viewBox="0 0 {axis.Intervals} {PlotPixels * Fine}" preserveAspectRatio="none">
        {Areas()}{Hits()}
        </svg>
        <line class="base" x1="0" x2="100%" y1="{PlotPixels}" y2="{PlotPixels}"/>
        {axis.Labels(PlotPixels + 16)}
        </svg></div>
        """);

    private static double PeakOf(TimeAxis axis, ImmutableArray<(int Colour, string Name, ImmutableArray<long> Amounts)> parts) =>
        Enumerable.Range(0, axis.Intervals).Select(i => axis.Rate(parts.Sum(part => part.Amounts[i]))).DefaultIfEmpty().Max();

    private string Pixel(int step) => ((double)PlotPixels * (_steps - step) / _steps).ToString("0.#", CultureInfo.InvariantCulture);

    private Markup Lines() => Markup.Join(Enumerable.Range(1, _steps).Select(step => Markup.Of(
        $"""<line class="grid" x1="0" x2="100%" y1="{Pixel(step)}" y2="{Pixel(step)}"/>""")));

    private Markup Labels() => Markup.Join(Enumerable.Range(0, _steps + 1).Select(step => Markup.Of(
        $"""<text class="tick end" x="100%" y="{Pixel(step)}" dx="-6" dy="{(step == _steps ? 9 : 4)}">{_scale.Label(step)}</text>""")));

    private IEnumerable<Markup> Areas()
    {
        long[] sums = new long[axis.Intervals];
        int[] below = Edge(sums);
        foreach ((int colour, _, ImmutableArray<long> amounts) in parts)
        {
            for (int i = 0; i < sums.Length; i++)
                sums[i] += amounts[i];
            int[] above = Edge(sums);
            yield return Markup.Of($"""<path class="area c{colour}" d="{StepPath.Between(above, below)}"/>""");
            below = above;
        }
    }

    private int[] Edge(long[] sums) =>
        [.. sums.Select(sum => (int)Math.Round(PlotPixels * Fine * (1 - (axis.Rate(sum) / (_scale.Step * _steps)))))];

    private Markup Hits() => Markup.Join(StepPath
        .Runs(axis.Intervals, (one, other) => parts.All(part => part.Amounts[one] == part.Amounts[other]))
        .Select(run => Markup.Of($"""
            <rect class="hit" x="{run.First}" width="{run.Last + 1 - run.First}" height="{PlotPixels * Fine}">
            <title>{Words(run)}</title></rect>
            """)));

    private string Words((int First, int Last) run)
    {
        IEnumerable<string> amounts = parts.Where(part => part.Amounts[run.First] > 0).Reverse()
            .Select(part => $"{part.Name} {Quantity.Rate(axis.Rate(part.Amounts[run.First]), 1, unit)}");
        return $"{axis.Between(run.First, run.Last)}: {string.Join(", ", amounts.DefaultIfEmpty("none"))}";
    }
}
