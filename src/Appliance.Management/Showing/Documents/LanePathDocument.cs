namespace Appliance.Management;

/// <summary>A way of the lane, by its port.</summary>
/// <param name="IsAlive">It has brought something within the detection time.</param>
public sealed record LanePathDocument(string Port, bool IsAlive);
