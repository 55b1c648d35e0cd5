namespace Appliance.Management;

/// <summary>A row of <c>show routes</c>.</summary>
/// <param name="Kind"><c>connected</c>, <c>static</c> or <c>blackhole</c>.</param>
public sealed record RouteDocument(string To, string Kind, WayDocument[] Via);
