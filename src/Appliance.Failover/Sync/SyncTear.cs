namespace Appliance.Failover;

/// <summary>Whose records were lost of a stream.</summary>
[Flags]
internal enum SyncTear
{
    None = 0,

    /// <summary>Those for the peer.</summary>
    Ours = 1,

    /// <summary>Those of the peer.</summary>
    Peers = 2,
}
