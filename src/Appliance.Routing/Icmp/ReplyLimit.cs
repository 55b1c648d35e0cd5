using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>
/// So many a second, with bursts, for each steering bucket by itself: one flood does not silence the others, and the answer does not depend
/// on the number of vCPUs. The generic cell rate algorithm (ITU-T I.371): one time for each bucket, no timer.
/// </summary>
public sealed class ReplyLimit
{
    /// <summary>Of errors.</summary>
    public const int PerSecond = 100;

    /// <summary>Likewise.</summary>
    public const int Burst = 50;

    private readonly long[] _spentUntil;                                // by bucket: the time up to which what it earned is spent
    private readonly long _interval;                                    // nanoseconds
    private readonly long _full;

    public ReplyLimit(int buckets, int perSecond = PerSecond, int burst = Burst)
    {
        _interval = 1_000_000_000 / perSecond;
        _full = burst * _interval;
        _spentUntil = new long[buckets];
        Array.Fill(_spentUntil, long.MinValue);
    }

    /// <summary>What a bucket has spent, for the worker that limits it from now on; here it begins anew.</summary>
    public long? Detach(ushort bucket)
    {
        long spentUntil = _spentUntil[bucket];
        _spentUntil[bucket] = long.MinValue;
        return spentUntil == long.MinValue ? null : spentUntil;
    }

    public void Attach(ushort bucket, long? spentUntil) => _spentUntil[bucket] = spentUntil ?? long.MinValue;

    public bool TryTake(ushort bucket, MonotonicTime now)
    {
        ref long spentUntil = ref _spentUntil[bucket & (_spentUntil.Length - 1)];
        long kept = now.Nanoseconds < long.MinValue + _full ? long.MinValue : now.Nanoseconds - _full;     // older earnings are forgotten
        long from = Math.Max(spentUntil, kept);
        if (now.Nanoseconds - from < _interval) return false;
        spentUntil = from + _interval;
        return true;
    }
}
