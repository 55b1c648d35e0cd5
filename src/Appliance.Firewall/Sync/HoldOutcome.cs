namespace Appliance.Firewall;

/// <summary>What became of a new flow whose frames wait until the peer knows it; each is counted.</summary>
public enum HoldOutcome
{
    /// <summary>The peer knows it.</summary>
    Acknowledged,

    /// <summary>Its frames have waited as long as they may, and have left.</summary>
    TooLate,

    /// <summary>The peer was lost while they waited; they have left.</summary>
    PeerLost,

    /// <summary>There was no peer when it began: they left at once.</summary>
    NoPeer,

    /// <summary>As many waited as there is room for: they left at once.</summary>
    Crowded,

    /// <summary>The box must not send any more; they were dropped.</summary>
    GivenUp,
}
