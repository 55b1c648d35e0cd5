namespace Appliance.Failover;

/// <summary>What the owner of a stream has to do for it.</summary>
internal enum SyncTask : byte
{
    None,

    /// <summary>Say what it holds, by its digest: <see cref="Wire.Sync.SyncRecordKind.Offer"/>.</summary>
    Offer,

    /// <summary>Tell all, then <see cref="Offer"/>.</summary>
    TellAndOffer,

    /// <summary>Say what it holds, as the leader: <see cref="Wire.Sync.SyncRecordKind.Proof"/>.</summary>
    Prove,

    /// <summary>Tell all as the one whose states count, then <see cref="Prove"/>.</summary>
    TellAndProve,
}
