using System.Globalization;
using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>The virtual clock of a replay or a drill, from its beginning on, as the horizontal axis that all its charts share.</summary>
internal sealed class TimeAxis
{
    private const int MostTicks = 7;
    private const int PercentWhereLabelsTurn = 92;                      // a label further right ends at its tick, so that it stays inside

    private static readonly (string Name, ulong Nanoseconds, ulong[] Steps)[] Units =
    [
        ("µs", 1_000, [1, 2, 5, 10, 20, 50, 100, 200, 500]),
        ("ms", 1_000_000, [1, 2, 5, 10, 20, 50, 100, 200, 500]),
        ("s", 1_000_000_000, [1, 2, 5, 10, 20, 30]),
        ("min", 60_000_000_000, [1, 2, 5, 10, 20, 30]),
        ("h", 3_600_000_000_000, [1, 2, 3, 6, 12]),
        ("d", 86_400_000_000_000, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]),
    ];

    private readonly ulong _width;
    private readonly (string Name, ulong Nanoseconds) _unit;
    private readonly double _step;
    private readonly double _span;                                      // nanoseconds

    public TimeAxis(ReplayTimeline timeline) : this(timeline.IntervalNanoseconds, timeline.Intervals)
    {
    }

    /// <param name="width">Nanoseconds of an interval.</param>
    /// <param name="intervals">How many.</param>
    public TimeAxis(ulong width, int intervals)
    {
        _width = width;
        Intervals = intervals;
        _span = (double)_width * Math.Max(1, Intervals);                // a double: it may be longer than a ulong says
        var steps = Units.SelectMany(unit => unit.Steps.Select(step => (Unit: unit, Step: step * unit.Nanoseconds)));
        var chosen = steps.First(step => _span / step.Step < MostTicks);
        _unit = (chosen.Unit.Name, chosen.Unit.Nanoseconds);
        _step = chosen.Step;
    }

    /// <summary>The axis is this long, an interval being 1.</summary>
    public int Intervals { get; }

    /// <summary>Whether there is a time to draw anything over: not for a single moment.</summary>
    public bool HasSpan => Intervals > 1;

    /// <summary>How long an interval is, to three digits.</summary>
    public string Width
    {
        get
        {
            (string name, ulong unit, _) = Units.Last(unit => unit.Nanoseconds <= _width);
            return $"{(_width / (double)unit).ToString("G3", CultureInfo.InvariantCulture)} {name}";
        }
    }

    /// <summary>What happened in an interval, by the second.</summary>
    public double Rate(long amount) => amount * (1e9 / _width);

    /// <summary>The time from the beginning of one interval to the end of another.</summary>
    public string Between(int first, int last)
    {
        int decimals = Decimals();
        return $"{Text((double)first * _width, decimals)} – {Text((last + 1.0) * _width, decimals)}";
    }

    /// <summary>The labels under a plot as wide as its SVG, at <paramref name="y"/> pixels.</summary>
    public Markup Labels(int y) => Markup.Join(Ticks().Select(tick => Markup.Of(
        $"""<text class="tick {Anchor(tick.Percent)}" x="{Percent(tick.Percent)}" y="{y}">{tick.Label}</text>""")));

    /// <summary>Marks on a plot as wide as its SVG.</summary>
    public Markup Lines(int top, int bottom) => Markup.Join(Ticks().Select(tick => Markup.Of(
        $"""<line class="grid" x1="{Percent(tick.Percent)}" x2="{Percent(tick.Percent)}" y1="{top}" y2="{bottom}"/>""")));

    public static string Percent(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Anchor(double percent) => percent switch { 0 => "start", > PercentWhereLabelsTurn => "end", _ => "middle" };

    private IEnumerable<(double Percent, string Label)> Ticks()
    {
        for (int tick = 0; tick < MostTicks && tick * _step < _span; tick++)
            yield return (100 * tick * _step / _span, Text(tick * _step, 0));
    }

    private string Text(double nanoseconds, int decimals)
    {
        double amount = nanoseconds / _unit.Nanoseconds;
        return amount.ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture) + " " + _unit.Name;
    }

    /// <summary>So many that the beginning of an interval has two digits of its width.</summary>
    private int Decimals()
    {
        int decimals = 0;
        for (ulong unit = _unit.Nanoseconds; unit > _width && unit > 1; unit /= 10)
            decimals++;
        return Math.Min(decimals + 2, 6);
    }
}
