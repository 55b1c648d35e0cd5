using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Interop.Live;

namespace Appliance.Interop.Load;

/// <summary>Pings between the hosts, beside whatever else goes on.</summary>
internal static partial class RoundTrips
{
    /// <summary>Microseconds of each ping that was answered, ascending.</summary>
    public static double[] Measure(LiveNetwork network, int count) =>
    [
        .. Time().Matches(network.Lan.Run("ping", "-n", "-i", "0.003", "-c", $"{count}", "-W", "2", "10.2.0.2").Output)
            .Select(time => double.Parse(time.Groups["ms"].ValueSpan, CultureInfo.InvariantCulture) * 1000).Order(),
    ];

    [GeneratedRegex(
        "time=(?<ms>[0-9.]+) ms", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Time();
}
