using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>How states are brought to the peer.</summary>
/// <param name="MaxMessageLength">Bytes that <see cref="SyncExchange.TryWrite"/> may fill: what the lane leaves of one frame.</param>
public sealed record SyncSettings(int MaxMessageLength)
{
    /// <summary>Takes any record.</summary>
    public const int MinMessageLength = SyncView.HeaderLength + SyncParcelWriter.MinRoom;

    /// <summary>Where the ranks are equal this box's states count; true on one of the two.</summary>
    public bool WinsTies { get; init; }

    /// <summary>A digest of how flows find their streams; 0: of nothing, as where numbers mean the same on any two boxes.</summary>
    public ulong Steering { get; init; }

    /// <summary>So long without an answer, and a parcel is sent again; twice as long the next time.</summary>
    public long RetransmitNanoseconds { get; init; } = 10_000_000;

    /// <summary>How often one of the streams is compared although nothing seems to be wrong with it.</summary>
    public long AuditNanoseconds { get; init; } = 250_000_000;

    /// <summary>So long a follower outranks its leader before the two begin anew with their parts exchanged.</summary>
    public long RankHoldNanoseconds { get; init; } = 1_000_000_000;
}
