namespace Appliance.Benchmarks.Rows;

/// <summary>Every subject of the benchmark, in the order of the table.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Func<IBenchmarkRows>> Subjects { get; } =
    [
#if CHECKSUM
        () => new ChecksumRows(),
#endif
        () => new ToeplitzRows(),
        () => new HandOffRows(),
        PathRows.Routing,
        PathRows.Translating,
        () => new SegmentRows(),
        () => new CoalesceRows(),
        () => new Ipv4LookupRows(),
        () => new Ipv6LookupRows(),
        () => new FlowRows(),
        () => new RulesetRows(),
        () => new EstablishedRows(),
        () => new SyncRows(),
    ];
}
