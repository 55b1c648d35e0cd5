using System.Globalization;

namespace Appliance.Firewall;

/// <summary>Nanoseconds since the epoch, as RFC 3339 has them, in UTC and with all nine digits.</summary>
internal static class LogTime
{
    public static string Of(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        string date = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{date}.{rest:d9}Z");
    }
}
