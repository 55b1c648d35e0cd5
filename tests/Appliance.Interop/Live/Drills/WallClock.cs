using System.Diagnostics;

namespace Appliance.Interop.Live.Drills;

/// <summary>The time that captures have, on the clock that everything else here has.</summary>
internal static class WallClock
{
    private static readonly long s_offset = DateTimeOffset.UtcNow.Subtract(DateTimeOffset.UnixEpoch).Ticks * 100 - Stopwatch.GetTimestamp();

    /// <param name="seconds">Since 1970.</param>
    /// <returns>Nanoseconds, as the stopwatch counts.</returns>
    public static long ToMonotonic(double seconds) => (long)(seconds * 1e6) * 1000 - s_offset;
}
