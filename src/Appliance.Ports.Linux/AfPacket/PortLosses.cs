namespace Appliance.Ports.Linux;

/// <summary>Frames that no worker ever saw, or that left a worker and not the box. Since the port was opened.</summary>
/// <param name="QueueFull">Arrived while too many waited.</param>
/// <param name="Refused">Taken to be sent, and refused by the kernel for what they are.</param>
public readonly record struct PortLosses(long QueueFull, long Refused);
