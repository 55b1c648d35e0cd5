using System.Buffers;
using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>Bits a second, or a share of the parent's in percent (then the bits are 0).</summary>
internal readonly record struct QueueBandwidth(ulong BitsPerSecond, int Percent)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    public static readonly QueueBandwidth Whole = new(0, 100);

    public static bool TryParse(string text, out QueueBandwidth bandwidth)
    {
        int end = text.AsSpan().IndexOfAnyExcept(Digits);
        string unit = end < 0 ? "" : text[end..];
        string digits = end < 0 ? text : text[..end];
        bool isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        double factor = unit switch
        {
            "" or "b" => 1,
            "K" or "Kb" or "Kbit" or "KBit" or "KB" => 1e3,
            "M" or "Mb" or "Mbit" or "MBit" or "MB" => 1e6,
            "G" or "Gb" or "Gbit" or "GBit" or "GB" => 1e9,
            _ => 0,
        };
        bandwidth = unit == "%" ? new QueueBandwidth(0, (int)value) : new QueueBandwidth((ulong)Math.Min(value * factor, long.MaxValue), 0);
        return isNumber && (unit == "%" ? value <= 100 : factor > 0);
    }

    /// <summary>As pfctl writes it: at most two decimals, and a unit.</summary>
    public override string ToString()
    {
        if (Percent > 0) return string.Create(CultureInfo.InvariantCulture, $"{Percent}%");
        double rate = BitsPerSecond;
        int unit = 0;
        for (; rate >= 1000 && unit < 3; unit++) rate /= 1000;
        string number = (long)(rate * 100) % 100 != 0
            ? rate.ToString("F2", CultureInfo.InvariantCulture)
            : ((long)rate).ToString(CultureInfo.InvariantCulture);
        return $"{number}{" KMG"[unit]}b";
    }
}
