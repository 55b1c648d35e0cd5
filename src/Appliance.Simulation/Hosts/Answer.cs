namespace Appliance.Simulation;

/// <summary>What a datagram is to a conversation.</summary>
internal enum Answer
{
    /// <summary>Old, or nothing.</summary>
    None,

    /// <summary>The one that it waits for.</summary>
    Awaited,

    /// <summary>The server knows of no conversation.</summary>
    Refusal,
}
