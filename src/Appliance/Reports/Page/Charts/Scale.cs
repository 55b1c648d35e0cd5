using System.Globalization;

namespace Appliance.Reports.Page;

/// <summary>Round values at which an axis has its lines: 1, 2 or 5 times a power of ten apart.</summary>
internal readonly record struct Scale
{
    private const double Least = 1e-9;

    private Scale(double step) => Step = step;

    public double Step { get; }

    /// <summary>The narrowest scale that covers <paramref name="range"/>, not negative, in at most so many steps.</summary>
    public static Scale For(double range, int steps)
    {
        double wanted = Math.Max(range / steps, Least);
        double power = 1;
        while (power > wanted)
            power /= 10;
        while (power * 10 <= wanted)
            power *= 10;
        double factor = (wanted / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        return new Scale(range > 0 ? factor * power : 1);
    }

    /// <summary>Steps up to the first line at or above <paramref name="value"/>.</summary>
    public int StepsTo(double value) => (int)Math.Ceiling((value / Step) - 1e-9);

    /// <summary>The value of a line, with a decimal prefix: <c>1.5k</c>. The unit stands in the chart's title.</summary>
    public string Label(int steps)
    {
        double value = steps * Step;
        (double unit, string prefix) = value switch
        {
            >= 1e12 => (1e12, "T"),
            >= 1e9 => (1e9, "G"),
            >= 1e6 => (1e6, "M"),
            >= 1e3 => (1e3, "k"),
            _ => (1, ""),
        };
        return (value / unit).ToString("0.#########", CultureInfo.InvariantCulture) + prefix;
    }
}
