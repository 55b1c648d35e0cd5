namespace Appliance.Failover;

/// <summary>What a step of the lane asks for.</summary>
[Flags]
public enum LaneTurn
{
    None = 0,

    /// <summary>A heartbeat is due: <see cref="Lane.Write"/> once for every path, and send.</summary>
    Beat = 1,

    /// <summary>The peer was there, and is gone.</summary>
    PeerLost = 2,

    /// <summary>
    /// We slept for half the detection time or more: the peer may be about to take over, or has. Who is master stands down before it sends
    /// anything it holds; the silence meanwhile is no proof.
    /// </summary>
    WokeLate = 4,
}
