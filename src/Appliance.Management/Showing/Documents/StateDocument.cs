namespace Appliance.Management;

/// <summary>A row of <c>show states</c>, as <see cref="Appliance.Node.StateJson"/> writes it: counts forward and reverse.</summary>
public sealed record StateDocument(
    string Protocol,
    string Direction,
    string Port,
    string Source,
    string Destination,
    string? Gateway,
    string State,
    long[] Packets,
    long[] Bytes,
    long AgeSeconds,
    long ExpiresSeconds,
    int Vcpu,
    string? Rule,
    string Id);
