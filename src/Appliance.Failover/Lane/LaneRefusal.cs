namespace Appliance.Failover;

/// <summary>
/// Why a message of the lane was not believed, in the order in which it is asked; a wrong path behind authenticity where the message
/// itself says which its path is.
/// </summary>
public enum LaneRefusal
{
    None,

    /// <summary>Of no length that a message has, or of another version.</summary>
    Malformed,

    /// <summary>It came on another path than it was sent on.</summary>
    WrongPath,

    /// <summary>Our own, sent back to us.</summary>
    Looped,

    /// <summary>Of a session not heard of: one is looked at in <see cref="Lane.SessionPauseNanoseconds"/>, and this was another.</summary>
    TooManySessions,

    /// <summary>Not made with the key.</summary>
    NotAuthentic,

    /// <summary>Heard before, or too old to say.</summary>
    Replayed,

    /// <summary>Of sync, but not of the peer that is there, or not meant for this life of ours.</summary>
    NotOfPeer,
}
