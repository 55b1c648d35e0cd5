namespace Appliance.Wire.Sync;

/// <summary>What a section of a <see cref="SyncView"/> holds. Others are passed over.</summary>
public enum SyncSectionKind : byte
{
    None = 0,

    /// <summary>Who speaks (<see cref="SyncGreeting"/>); in messages that are no parcels.</summary>
    Greeting = 1,

    /// <summary>Consecutive records of one stream (<see cref="SyncRecords"/>); in parcels.</summary>
    Records = 2,
}
