namespace Appliance.Management;

/// <summary>One of a route's ways.</summary>
/// <param name="Address">Of the router; null: the destination is on the link.</param>
public sealed record WayDocument(string Port, string? Address);
