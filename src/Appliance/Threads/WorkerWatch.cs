using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Threads;

/// <summary>
/// Sees workers that have stopped breathing although they do not rest: code that never returns, or a thread that gets no processor.
/// </summary>
/// <param name="workers">How many.</param>
internal sealed class WorkerWatch(int workers)
{
    /// <summary>Nanoseconds without a breath after which a worker is stuck.</summary>
    public const long Patience = 1_000_000_000;

    /// <summary>
    /// Nanoseconds between two looks that count at most. Time in which the watch itself had no processor (the whole machine stood still)
    /// says nothing about a worker.
    /// </summary>
    public const long Glance = 300_000_000;

    private readonly long[] _breaths = new long[workers];
    private readonly long[] _still = new long[workers];                 // nanoseconds
    private MonotonicTime? _lastLook;

    /// <summary>The workers that are stuck, as of the last look.</summary>
    public ImmutableArray<int> Stuck { get; private set; } = [];

    /// <summary>Often enough that no two looks are further apart than <see cref="Glance"/>.</summary>
    /// <param name="now">Of the look.</param>
    /// <param name="vitals">Of each worker: its breaths so far, and whether it rests with good reason.</param>
    public void Look(MonotonicTime now, ReadOnlySpan<(long Breaths, bool IsResting)> vitals)
    {
        long elapsed = _lastLook is { } last ? Math.Min(now - last, Glance) : 0;
        _lastLook = now;
        for (int i = 0; i < vitals.Length; i++)
        {
            bool isAlive = vitals[i].IsResting || vitals[i].Breaths != _breaths[i];
            _still[i] = isAlive ? 0 : _still[i] + elapsed;
            _breaths[i] = vitals[i].Breaths;
        }

        Stuck = [.. Enumerable.Range(0, vitals.Length).Where(worker => _still[worker] >= Patience)];
    }
}
