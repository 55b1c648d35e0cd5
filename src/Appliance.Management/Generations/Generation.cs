namespace Appliance.Management;

/// <summary>A configuration that was in force, or is: one file in a <see cref="GenerationStore"/>.</summary>
public sealed record Generation
{
    /// <summary>From 1, and one more each time.</summary>
    public required int Number { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What brought it, in a line for people: <c>apply of /etc/edge.yaml</c>.</summary>
    public required string Origin { get; init; }

    public required ConfigurationBundle Bundle { get; init; }

    /// <summary>The digest of the configuration file that the program was started with, when somebody last looked there.</summary>
    public required string SeenDigest { get; init; }

    /// <summary>Null: nothing has to confirm it.</summary>
    public PendingConfirmation? Pending { get; init; }
}
