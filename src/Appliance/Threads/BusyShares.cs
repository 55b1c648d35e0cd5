using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Threads;

/// <summary>Which part of their time workers have had work, over the last second or so; looked at by one thread, read by any.</summary>
internal sealed class BusyShares(ImmutableArray<WorkerThread> workers)
{
    /// <summary>Nanoseconds over which a share is taken at least.</summary>
    public const long Interval = 1_000_000_000;

    private readonly double[] _shares = new double[workers.Length];
    private readonly long[] _seen = new long[workers.Length];
    private MonotonicTime? _since;

    /// <summary>0 to 1.</summary>
    public double this[int worker] => Volatile.Read(ref _shares[worker]);

    public void Look(MonotonicTime now)
    {
        long elapsed = _since is { } since ? now - since : Interval;
        if (elapsed < Interval) return;
        for (int i = 0; i < workers.Length; i++)
        {
            long busy = workers[i].Busy;
            Volatile.Write(ref _shares[i], Math.Min(1, (double)(busy - _seen[i]) / elapsed));
            _seen[i] = busy;
        }

        _since = now;
    }
}
