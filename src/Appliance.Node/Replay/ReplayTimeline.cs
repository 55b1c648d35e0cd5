using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>
/// The accounts of a replay over its virtual clock, in intervals of equal width that begin with the first record. Each series sums to its
/// account.
/// </summary>
public sealed record ReplayTimeline
{
    /// <summary>At most so many intervals, however long the captures are.</summary>
    public const int MaxIntervals = IntervalSeries.MaxIntervals;

    /// <summary>The first record's timestamp as its capture has it: nanoseconds since 1970; 0 without records.</summary>
    public required long StartNanoseconds { get; init; }

    /// <summary>The width of an interval: 1000 times a power of two.</summary>
    public required ulong IntervalNanoseconds { get; init; }

    /// <summary>0 without records. The last one reaches beyond the last record.</summary>
    public required int Intervals { get; init; }

    /// <summary>By port index.</summary>
    public required ImmutableArray<PortTimeline> Ports { get; init; }

    /// <summary>Frames by drop reason; only those that occurred.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<long>> Drops { get; init; }

    /// <summary>Frames that each worker judged, after hand-off.</summary>
    public required ImmutableArray<ImmutableArray<long>> Vcpus { get; init; }
}
