namespace Appliance.Management;

/// <summary>A row of <c>show log</c>, as <see cref="Appliance.Firewall.LogJson"/> writes it; of that, what a table shows.</summary>
public sealed record LogDocument(
    string Time,
    string Port,
    string Direction,
    string Action,
    string Reason,
    string? Rule,
    string Protocol,
    string Source,
    string Destination,
    int? SourcePort,
    int? DestinationPort,
    int Length);
