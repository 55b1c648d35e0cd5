namespace Appliance.Management;

/// <summary>One of a route's ways.</summary>
/// <param name="Address">Of the router; null: the destination is on the link.</param>
/// <param name="Weight">Its share of the flows among the route's ways.</param>
public sealed record WayDocument(string Port, string? Address, int Weight = 1);
