namespace Appliance.Firewall.Language;

/// <summary>The ALTQ queue of a packet, and of acknowledgments without data where it differs.</summary>
public sealed record QueueAssignment(string Queue, string? AcknowledgmentQueue);
