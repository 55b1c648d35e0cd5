namespace Appliance.Node;

/// <summary>What one stage did to a packet, and why.</summary>
public sealed record TracedStage(string Stage, string Action, string Detail);
