namespace Appliance.Failover;

/// <summary>What became of a frame.</summary>
public enum CarpSendOutcome
{
    Sent,

    /// <summary>The system refused it.</summary>
    Failed,

    /// <summary>There was nothing to write it into.</summary>
    NoMemory,
}
