namespace Appliance.Management;

/// <summary>A row of <c>show carp</c>.</summary>
/// <param name="State"><c>INIT</c>, <c>BACKUP</c> or <c>MASTER</c>.</param>
public sealed record CarpDocument(
    int Vhid, string Port, string State, int Advbase, int Advskew, int Demotion, string[] Addresses, string? Peer, long Transitions);
