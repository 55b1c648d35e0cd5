namespace Appliance.Management;

/// <summary>A row of <c>show neighbors</c>.</summary>
/// <param name="Mac">Null: nobody has answered yet.</param>
/// <param name="State"><c>configured</c>, or as RFC 4861 names it: <c>reachable</c>, <c>stale</c>, <c>incomplete</c> …</param>
public sealed record NeighborDocument(string Port, string Address, string? Mac, string State);
