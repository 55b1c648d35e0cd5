namespace Appliance.Management;

/// <summary>What stands in a generation's file before the contents of its files.</summary>
internal sealed record GenerationHeader
{
    public required int Number { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Origin { get; init; }
    public required string SeenDigest { get; init; }
    public PendingConfirmation? Pending { get; init; }

    /// <summary>Of the configuration file.</summary>
    public required string Path { get; init; }

    /// <summary>In the order of their contents; the first is the configuration.</summary>
    public required FileLength[] Files { get; init; }

    internal sealed record FileLength(string Name, int Bytes);
}
