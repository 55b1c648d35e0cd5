namespace Appliance.Failover;

/// <summary>What a message means for the epochs of the two.</summary>
internal enum SyncHearing
{
    /// <summary>Nothing: it is of an epoch that is over, or not for the present one.</summary>
    Stale,

    /// <summary>The peer is there, but does not know our epoch yet.</summary>
    Greeting,

    /// <summary>The peer knows our epoch: records may flow.</summary>
    Answer,

    /// <summary>Of the epoch that both are in.</summary>
    Current,

    /// <summary>The peer has begun anew: so do we.</summary>
    Anew,
}
