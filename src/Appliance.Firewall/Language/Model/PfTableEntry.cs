namespace Appliance.Firewall.Language;

/// <summary>What a table begins with: an address or network, or a file of them as it was named (then the host is null).</summary>
public sealed record PfTableEntry(PfHost? Host, string? File)
{
    /// <summary>The file's path for <see cref="IRulesetFiles.TryRead" />; <see cref="TableFile" /> reads what it holds.</summary>
    public string? Path { get; init; }
}
