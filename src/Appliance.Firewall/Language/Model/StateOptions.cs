using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>What stands in the parentheses behind <c>keep state</c>, with what pfctl derives of it; 0 is no limit.</summary>
public sealed record StateOptions
{
    public static readonly StateOptions None = new();

    public uint MaxStates { get; init; }
    public bool NoSync { get; init; }
    public SourceTracking SourceTracking { get; init; }
    public uint MaxSourceStates { get; init; }
    public uint MaxSourceConnections { get; init; }
    public PacketRate MaxSourceConnectionRate { get; init; }
    public uint MaxSourceNodes { get; init; }

    /// <summary>Sources are counted because the rule says so, not for the sake of a limit.</summary>
    public bool IsOnlyTracking => SourceTracking != SourceTracking.None
        && (MaxSourceStates | MaxSourceConnections | MaxSourceConnectionRate.Limit | MaxSourceNodes) == 0;

    /// <summary>The table that takes sources over their limit; empty for none.</summary>
    public string OverloadTable { get; init; } = "";
    public OverloadFlush Flush { get; init; }

    /// <summary>The state matches on the interface that made it alone; otherwise on any.</summary>
    public bool IfBound { get; init; }
    public bool Sloppy { get; init; }

    /// <summary>The connection is exported by pflow.</summary>
    public bool Pflow { get; init; }

    /// <summary>In the order of <see cref="StateTimeout" />, each at most once, none zero.</summary>
    public ImmutableArray<TimeoutSetting> Timeouts { get; init; } = [];
}
