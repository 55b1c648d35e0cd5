using System.Globalization;

namespace Appliance.Reports;

/// <summary>Numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] Prefixes = ["", "k", "M", "G", "T", "P"];

    /// <summary>All digits, in groups of three.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>
    /// Three digits and a decimal prefix in front of the unit: <c>17.0 kframes/s</c>. Below a hundredth, two digits wherever they stand.
    /// </summary>
    public static string Rate(double amount, double seconds, string unit)
    {
        double rate = amount / Math.Max(seconds, 1e-9);
        int prefix = 0;
        while (rate >= 999.5 && prefix < Prefixes.Length - 1)
        {
            rate /= 1000;
            prefix++;
        }

        if (rate is > 0 and < 0.00995) rate = TwoDigits(rate);
        string format = rate switch
        {
            _ when rate == Math.Truncate(rate) && prefix == 0 => "F0",
            < 0.00995 => "0.##################",
            < 9.995 => "F2",
            < 99.95 => "F1",
            _ => "F0",
        };
        return $"{rate.ToString(format, CultureInfo.InvariantCulture)} {Prefixes[prefix]}{unit}";
    }

    /// <summary>Three digits and a decimal prefix: <c>1.87 MB</c>.</summary>
    public static string Bytes(long bytes) => Rate(bytes, 1, "B");

    public static string Seconds(double seconds) => seconds.ToString("F3", CultureInfo.InvariantCulture) + " s";

    /// <summary>Seconds, and beyond ten minutes what people count in.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 600) return Seconds(seconds);
        (double unit, string name) = seconds switch { < 7200 => (60, "min"), < 172_800 => (3600, "h"), _ => (86_400, "d") };
        return $"{(seconds / unit).ToString("N1", CultureInfo.InvariantCulture)} {name}";
    }

    public static string Percent(double part, double whole) =>
        (whole == 0 ? 0 : 100 * part / whole).ToString("F1", CultureInfo.InvariantCulture) + " %";

    private static double TwoDigits(double value) =>
        double.Parse(value.ToString("E1", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
}
