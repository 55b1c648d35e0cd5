using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>What a rule says of the states it makes: carried for those who make them, never looked at in judging. 0 is no limit.</summary>
public sealed record StatePolicy
{
    /// <summary>No state is made: <c>no state</c>, and the implicit default rule.</summary>
    public static readonly StatePolicy None = new();

    /// <summary><c>keep state</c> and nothing more.</summary>
    public static readonly StatePolicy Keep = new() { Kind = StateKind.Keep };

    public StateKind Kind { get; init; }
    public StateBinding Binding { get; init; }
    public bool Sloppy { get; init; }
    public bool NoSync { get; init; }

    /// <summary><c>max N</c>: states of this rule.</summary>
    public uint MaximumStates { get; init; }

    public ImmutableArray<TimeoutSetting> Timeouts { get; init; } = [];
    public SourceTracking SourceTracking { get; init; }
    public uint MaximumSources { get; init; }                         // max-src-nodes
    public uint MaximumStatesOfSource { get; init; }                  // max-src-states
    public uint MaximumConnectionsOfSource { get; init; }             // max-src-conn
    public uint ConnectionRate { get; init; }                         // max-src-conn-rate: connections …
    public uint ConnectionRateSeconds { get; init; }                  // … in so many seconds
    public AddressTable? Overload { get; init; }
    public OverloadFlush Flush { get; init; }
}
