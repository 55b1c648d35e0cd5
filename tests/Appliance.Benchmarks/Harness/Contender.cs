namespace Appliance.Benchmarks.Harness;

/// <summary>
/// One side of a comparison. <paramref name="RunOnce"/> does <paramref name="UnitsPerRun"/> units of work (frames, lookups, bytes); the
/// harness holds the clock.
/// </summary>
public sealed record Contender(string Name, double UnitsPerRun, Action RunOnce)
{
    /// <summary>
    /// For work that changes its input: puts it back before each run, and is not timed. A run should then take a microsecond.
    /// </summary>
    public Action? Restore { get; init; }
}
