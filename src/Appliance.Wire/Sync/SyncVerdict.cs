namespace Appliance.Wire.Sync;

/// <summary>What a comparison of a stream came to.</summary>
public enum SyncVerdict : byte
{
    /// <summary>Not compared yet.</summary>
    Open = 0,

    /// <summary>Both hold the same: their digests are equal.</summary>
    Equal = 1,

    /// <summary>Their digests differ; what was told could be taken.</summary>
    Differs = 2,

    /// <summary>Their digests differ, and something told could not be taken here: a port that only one box has, or no room.</summary>
    Refused = 3,

    /// <summary>Something told was lost here: the follower is to offer again.</summary>
    Again = 4,
}
