namespace Appliance.Failover;

/// <summary>What can happen on a lane.</summary>
public enum LaneEvent
{
    /// <summary>An authentic message that does not name our session.</summary>
    Greeting,

    /// <summary>An authentic message that names our session: it was made since we began, by who has the key.</summary>
    Heartbeat,

    /// <summary>Nothing on any path for the detection time, and we were awake to hear it.</summary>
    Silence,
}
