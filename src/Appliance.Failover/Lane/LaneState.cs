namespace Appliance.Failover;

/// <summary>What is known of the peer.</summary>
public enum LaneState
{
    /// <summary>Nothing was heard for the detection time.</summary>
    Absent,

    /// <summary>Something authentic was heard that may be a recording: it does not know our session yet.</summary>
    Greeted,

    /// <summary>The peer has answered to our session, and was heard within the detection time.</summary>
    Present,
}
