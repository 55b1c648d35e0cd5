namespace Appliance.Management;

/// <summary>A row of <c>show sync</c>: a peer that states are exchanged with.</summary>
public sealed record SyncDocument(string Peer, string State);
