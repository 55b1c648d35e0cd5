namespace Appliance.Failover;

/// <summary>What a message meant.</summary>
public enum LaneHearing
{
    /// <summary>Nothing: it was refused, and counted.</summary>
    Refused,

    /// <summary>The peer is there, but does not know our session yet; our next heartbeat tells it.</summary>
    Greeting,

    /// <summary>The peer is there, from now on.</summary>
    PeerFound,

    /// <summary>
    /// The peer is there, and it is another life of its lane, or of itself (not <see cref="Lane.HasPeerReopened"/>): what the former one
    /// said counts no more.
    /// </summary>
    PeerRestarted,

    /// <summary>The peer is still there, and its claims are the newest.</summary>
    Heartbeat,

    /// <summary>The same or an older one by another path.</summary>
    Copy,
}
