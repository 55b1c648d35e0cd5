using System.Numerics;

namespace Appliance.Engine;

/// <summary>
/// How long something took, often: counts by duration, eight steps to each doubling, the past weighing less. Written by one thread; who
/// else reads sees them about so. Nothing is allocated after it is made.
/// </summary>
public sealed class DurationCounts
{
    private const int Steps = 8;
    private const int Doublings = 40;                                 // 2^40 ns are 18 minutes
    private const ulong MostCounted = 1 << 20;

    private readonly ulong[] _counts = new ulong[Steps * Doublings];
    private ulong _total;

    public long MaxNanoseconds { get; private set; }

    /// <summary>The duration that so many of a hundred did not exceed, rounded up by an eighth at most; 0 when there were none.</summary>
    public long Percentile(double percent)
    {
        ulong wanted = (ulong)Math.Ceiling(_total * percent / 100), seen = 0;
        for (int i = 0; i < _counts.Length && wanted > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return UpperEndOf(i);
        }

        return 0;
    }

    /// <summary>So many took so long.</summary>
    public void Add(long nanoseconds, int times = 1)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
        _counts[IndexOf(nanoseconds)] += (ulong)times;
        _total += (ulong)times;
        if (_total > MostCounted) Halve();
    }

    /// <summary>Another's beside its own: for who shows several as one.</summary>
    public void Add(DurationCounts others)
    {
        MaxNanoseconds = Math.Max(MaxNanoseconds, others.MaxNanoseconds);
        for (int i = 0; i < _counts.Length; i++)
        {
            ulong count = Volatile.Read(ref others._counts[i]);
            _counts[i] += count;
            _total += count;
        }
    }

    private void Halve()
    {
        _total = 0;
        for (int i = 0; i < _counts.Length; i++) _total += _counts[i] >>= 1;
    }

    private static int IndexOf(long nanoseconds)
    {
        if (nanoseconds < Steps) return (int)nanoseconds;
        int doubling = BitOperations.Log2((ulong)nanoseconds) - 2;    // 8–15 ns are the first that is divided
        int step = (int)(nanoseconds >> (doubling - 1)) & (Steps - 1);
        return Math.Min((doubling * Steps) + step, (Steps * Doublings) - 1);
    }

    private static long UpperEndOf(int index)
    {
        if (index < Steps) return index;
        int doubling = index / Steps, step = index % Steps;
        return ((long)(Steps + step + 1) << (doubling - 1)) - 1;
    }
}
