namespace Appliance.Failover;

/// <summary>What a transition does, in the order in which it is done: the data plane first when taking over, last when leaving.</summary>
[Flags]
public enum CarpMoves
{
    None = 0,

    /// <summary>Say 255 + 255/256 s, so that a backup takes over at once.</summary>
    BowOut = 1,

    /// <summary>The data plane gives the addresses up.</summary>
    StandDown = 2,

    /// <summary>The data plane takes the addresses.</summary>
    TakeOver = 4,

    Advertise = 8,

    /// <summary>Tell neighbours where the addresses are, again and again (gratuitous ARP, unsolicited neighbor advertisement).</summary>
    Announce = 16,

    /// <summary>Tell a rival and the neighbours who is master, at most once in a while.</summary>
    Reassert = 32,

    /// <summary>Wait for advertisements of every family, from now.</summary>
    AwaitAll = 64,

    /// <summary>Wait on for the family that was heard.</summary>
    AwaitHeard = 128,

    /// <summary>Listen a little longer before believing the silence.</summary>
    AwaitGrace = 256,

    /// <summary>All timers off.</summary>
    Rest = 512,
}
