namespace Appliance.Failover;

/// <summary>
/// What can happen to a virtual host. Advertisements come already judged: authentic, and compared with what this box would send.
/// An advertisement is slow when its interval (base + skew/256 s) is longer than mine with my demotion.
/// </summary>
public enum CarpEvent
{
    /// <summary>Its port has a link, it has addresses, and it may take part.</summary>
    Ready,

    /// <summary>One of these is gone.</summary>
    NotReady,

    HeardFaster,

    /// <summary>The same interval, and no rule of this kind of neighbour that says who gives way.</summary>
    HeardEqual,

    /// <summary>Slower, and not to be preempted: preemption is off, held down or held back.</summary>
    HeardSlower,

    /// <summary>Slower, and I may preempt.</summary>
    HeardPreemptable,

    /// <summary>So slow that it would time out here before its next: in practice 255 + 255/256 s, by which a master leaves.</summary>
    HeardLeaving,

    /// <summary>No advertisement of one address family for three intervals and my skew.</summary>
    MasterSilent,

    /// <summary>My own next advertisement is due.</summary>
    AdvertisementDue,

    /// <summary>I was called so late that silence says nothing of the others, and that they may have taken me for dead.</summary>
    WokeLate,

    /// <summary>The peer is gone, or there and no master either, and this box is the one to take over (the lane).</summary>
    PeerYields,

    /// <summary>The peer is master too, and took over after this box did (the lane).</summary>
    Outranked,

    /// <summary>Told to be master.</summary>
    Promote,

    /// <summary>Told to hand over.</summary>
    HandOver,

    /// <summary>An orderly end.</summary>
    Stop,
}
