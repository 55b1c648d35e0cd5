using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>
/// What came in and what went out over time on one scale: in upwards, out downwards, as routers' graphs have been read for decades.
/// </summary>
internal sealed class MirrorChart
{
    private const int PlotPixels = 150;
    private const int AxisPixels = 22;
    private const int Fine = 10;                                        // units of the paths in a pixel
    private const int Steps = 5;                                        // lines wanted, both directions together

    private readonly TimeAxis _axis;
    private readonly string _unit;
    private readonly double[] _in;
    private readonly double[] _out;
    private readonly Scale _scale;
    private readonly int _up, _down;                                    // steps of the scale

    /// <param name="unit">Of a rate: <c>frames/s</c>.</param>
    /// <param name="amountsIn">By interval, in what <paramref name="unit"/> has over the second.</param>
    public MirrorChart(TimeAxis axis, string unit, IEnumerable<long> amountsIn, IEnumerable<long> amountsOut)
    {
        _axis = axis;
        _unit = unit;
        _in = [.. amountsIn.Select(axis.Rate)];
        _out = [.. amountsOut.Select(axis.Rate)];
        _scale = Scale.For(PeakIn + PeakOut, Steps);
        _up = Math.Max(1, _scale.StepsTo(PeakIn));
        _down = Math.Max(1, _scale.StepsTo(PeakOut));
    }

    public double PeakIn => _in.DefaultIfEmpty().Max();

    public double PeakOut => _out.DefaultIfEmpty().Max();

    /// <param name="label">What it shows, for those who cannot see it.</param>
    public Markup Render(string label) => Markup.Of($"""
        <div class="axes">
        <svg class="scale" height="{PlotPixels + AxisPixels}" aria-hidden="true">{Labels()}</svg>
        <svg class="plot" height="{PlotPixels + AxisPixels}" role="img" aria-label="{label}">
        {Lines()}{_axis.Lines(0, PlotPixels)}
        <svg width="100%" height="{PlotPixels}" viewBox="0 0 {_axis.Intervals} {PlotPixels * Fine}" preserveAspectRatio="none">
        <path class="area in" d="{Area(_in, -1)}"/><path class="area out" d="{Area(_out, 1)}"/>
        {Hits()}
        </svg>
        <line class="base" x1="0" x2="100%" y1="{Pixel(0)}" y2="{Pixel(0)}"/>
        {_axis.Labels(PlotPixels + 16)}
        </svg></div>
        """);

    /// <summary>Where a line stands, in steps from nought, out counted as negative.</summary>
    private string Pixel(int step) => ((double)PlotPixels * (_up - step) / (_up + _down)).ToString("0.#", CultureInfo.InvariantCulture);

    private Markup Lines() => Markup.Join(Enumerable.Range(-_down, _up + _down + 1).Select(step => Markup.Of(
        $"""<line class="grid" x1="0" x2="100%" y1="{Pixel(step)}" y2="{Pixel(step)}"/>""")));

    private Markup Labels() => Markup.Join(Enumerable.Range(-_down, _up + _down + 1).Select(step => Markup.Of(
        $"""<text class="tick end" x="100%" y="{Pixel(step)}" dx="-6" dy="{Drop(step)}">{_scale.Label(Math.Abs(step))}</text>""")));

    /// <summary>Pixels from a line to the foot of its label: beside it, but within the plot at its top.</summary>
    private int Drop(int step) => step == _up ? 9 : 4;

    /// <summary>Where anything moved at all there is a pixel at least: little is not nothing.</summary>
    private string Area(double[] rates, int direction)
    {
        double height = (double)(PlotPixels * Fine) / (_up + _down);    // of a step
        int nought = (int)Math.Round(_up * height);
        int[] edge = [.. rates.Select(rate => rate > 0
            ? nought + (direction * Math.Max(Fine, (int)Math.Round(rate / _scale.Step * height)))
            : nought)];
        return StepPath.Between(edge, [.. Enumerable.Repeat(nought, rates.Length)]);
    }

    private Markup Hits() => Markup.Join(StepPath
        .Runs(_axis.Intervals, (one, other) => _in[one] == _in[other] && _out[one] == _out[other])
        .Select(run => Markup.Of($"""
            <rect class="hit" x="{run.First}" width="{run.Last + 1 - run.First}" height="{PlotPixels * Fine}">
            <title>{Words(run)}</title></rect>
            """)));

    private string Words((int First, int Last) run)
    {
        string rateIn = Quantity.Rate(_in[run.First], 1, _unit), rateOut = Quantity.Rate(_out[run.First], 1, _unit);
        return $"{_axis.Between(run.First, run.Last)}: in {rateIn}, out {rateOut}";
    }
}
