namespace Appliance.Firewall.Language;

/// <summary>What a table begins with: an address or network, or a file of them (then the host is null).</summary>
public sealed record TableEntry(PfHost? Host, string? File);
