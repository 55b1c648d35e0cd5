using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>
/// Running totals cut into intervals of equal width, at most <see cref="MaxIntervals"/> however long it lasts: when they are full, pairs of
/// them become one and the width doubles. What is booked never changes but by such joining, so the sums stay those of the totals.
/// </summary>
/// <param name="series">How many totals there are. A series that stays at nought takes no room.</param>
internal sealed class IntervalSeries(int series)
{
    public const int MaxIntervals = 240;

    /// <summary>Nanoseconds; the widths are these times a power of two.</summary>
    public const ulong FirstWidth = 1000;

    private readonly long[] _booked = new long[series];                 // the totals when last read
    private readonly long[]?[] _deltas = new long[]?[series];           // by series, then by interval

    /// <summary>Nanoseconds.</summary>
    public ulong Width { get; private set; } = FirstWidth;

    /// <summary>Intervals so far; the last is the open one.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Whether a moment lies behind the open interval, so that it has to be closed with the totals as they are before that moment.
    /// </summary>
    /// <param name="offset">Nanoseconds since the beginning.</param>
    public bool IsPast(ulong offset) => offset / Width >= (ulong)Count;

    /// <summary>Books what the totals grew by since they were last booked to the open interval.</summary>
    public void Close(ReadOnlySpan<long> totals)
    {
        if (Count == 0) return;
        for (int i = 0; i < totals.Length; i++)
        {
            long delta = totals[i] - _booked[i];
            if (delta == 0) continue;
            (_deltas[i] ??= new long[MaxIntervals])[Count - 1] += delta;
            _booked[i] = totals[i];
        }
    }

    /// <summary>Opens the interval that holds a moment, never an earlier one than is open; those between stay empty.</summary>
    public void Open(ulong offset)
    {
        while (offset / Width >= MaxIntervals)
            Double();
        Count = Math.Max(Count, (int)(offset / Width) + 1);
    }

    /// <summary>The growth of one total in each interval.</summary>
    public ImmutableArray<long> Of(int index) =>
        _deltas[index] is { } deltas ? [.. deltas.AsSpan(0, Count)] : [.. new long[Count]];

    /// <summary>Whether a total ever grew.</summary>
    public bool Grew(int index) => _deltas[index] is not null;

    private void Double()
    {
        Width *= 2;
        Count = (Count + 1) / 2;
        foreach (long[]? deltas in _deltas)
        {
            if (deltas is not null) JoinPairs(deltas);
        }
    }

    private static void JoinPairs(long[] deltas)
    {
        for (int i = 0; i < MaxIntervals / 2; i++)
            deltas[i] = deltas[2 * i] + deltas[(2 * i) + 1];
        deltas.AsSpan(MaxIntervals / 2).Clear();
    }
}
