namespace Appliance.Node;

/// <summary>
/// A state as <c>show states</c> tells it. Ends are <c>address:port</c>, IPv6 in brackets, before translation; what counts has two
/// numbers, in the direction of the packet that made the state and against it.
/// </summary>
public sealed record StateEntry
{
    /// <summary>Of no other state.</summary>
    public required ulong Id { get; init; }

    public required string Protocol { get; init; }

    /// <summary><c>in</c> or <c>out</c>: how the packet that made it passed <see cref="Port"/>.</summary>
    public required string Direction { get; init; }

    public required string Port { get; init; }

    /// <summary>Who began.</summary>
    public required string Source { get; init; }

    public required string Destination { get; init; }

    /// <summary>The translated end; null: none is.</summary>
    public required string? Gateway { get; init; }

    /// <summary>In pf's words: <c>ESTABLISHED:ESTABLISHED</c>.</summary>
    public required string State { get; init; }

    public required (ulong Forward, ulong Reverse) Packets { get; init; }

    /// <summary>IP lengths.</summary>
    public required (ulong Forward, ulong Reverse) Bytes { get; init; }

    public required long AgeSeconds { get; init; }

    public required long ExpiresSeconds { get; init; }

    public required int Vcpu { get; init; }

    /// <summary>The id of the rule that made it; null: no ruleset that is remembered has it.</summary>
    public required string? Rule { get; init; }
}
