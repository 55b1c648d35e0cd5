using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// At most 100 errors a second with bursts of 50, for each steering bucket by itself: one flood does not silence the others, and the
/// answer does not depend on the number of vCPUs. The generic cell rate algorithm (ITU-T I.371): one time for each bucket, no timer.
/// </summary>
public sealed class ReplyLimit
{
    public const int PerSecond = 100;
    public const int Burst = 50;

    private const long Interval = 1_000_000_000 / PerSecond;            // nanoseconds

    private readonly long[] _nextDue;                                   // by bucket

    public ReplyLimit(int buckets)
    {
        _nextDue = new long[buckets];
        Array.Fill(_nextDue, long.MinValue / 2);
    }

    public bool TryTake(ushort bucket, MonotonicTime now)
    {
        ref long due = ref _nextDue[bucket & (_nextDue.Length - 1)];
        long earliest = Math.Max(due, now.Nanoseconds);
        if (earliest - now.Nanoseconds > (Burst - 1) * Interval) return false;
        due = earliest + Interval;
        return true;
    }
}
