namespace Appliance.Failover;

/// <summary>What a heartbeat says of its sender as a whole.</summary>
[Flags]
internal enum LaneFlags : byte
{
    None = 0,

    /// <summary>It is going, in order.</summary>
    Leaving = 1,

    /// <summary>It hears the box that it speaks to.</summary>
    Hears = 2,

    /// <summary>It has just begun: of flows that were there before it knows nothing.</summary>
    New = 4,

    /// <summary>It has spoken by another lane before, in this life of the box: what it was and has been told, it is and knows.</summary>
    Reopened = 8,

    /// <summary>It knows a <see cref="LaneNote"/>; older programs do not.</summary>
    Notes = 16,
}
