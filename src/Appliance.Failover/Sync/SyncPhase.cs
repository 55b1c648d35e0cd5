namespace Appliance.Failover;

/// <summary>How far the two are.</summary>
public enum SyncPhase
{
    /// <summary>There is no peer.</summary>
    Alone,

    /// <summary>The peer is there, and has not answered yet.</summary>
    Greeting,

    /// <summary>The peer has another number of streams, or flows find them there otherwise.</summary>
    Unlike,

    /// <summary>Changes flow; not every stream has been found equal yet.</summary>
    Joining,

    /// <summary>Changes flow, and every stream was found equal since the two began.</summary>
    InSync,
}
