namespace Appliance.Failover;

/// <summary>How a pair watches each other beside CARP.</summary>
/// <param name="Paths">1–8: the sync link, and the data ports beside it.</param>
public sealed record LaneSettings(int Paths)
{
    public const int MaxPaths = 8;

    public long HeartbeatNanoseconds { get; init; } = 5_000_000;

    /// <summary>So long nothing on any path, and the peer counts as gone. At least two heartbeats.</summary>
    public long DetectNanoseconds { get; init; } = 20_000_000;
}
