using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>One rule on Ethernet frames, after all lists are expanded.</summary>
public sealed record EtherRule
{
    public required SourcePosition Position { get; init; }

    /// <summary>Pass, Block or Match.</summary>
    public required PfAction Action { get; init; }
    public RuleDirection Direction { get; init; }
    public bool Quick { get; init; }
    public PfInterface? Interface { get; init; }
    public string BridgeTo { get; init; } = "";

    /// <summary>EtherType; 0: any.</summary>
    public ushort EtherType { get; init; }
    public MacMatch? Source { get; init; }
    public MacMatch? Destination { get; init; }
    public PfHost IpSource { get; init; } = PfHost.Any;
    public PfHost IpDestination { get; init; } = PfHost.Any;
    public ImmutableArray<string> Labels { get; init; } = [];
    public uint Identifier { get; init; }
    public string Queue { get; init; } = "";
    public string Tag { get; init; } = "";
    public TagMatch? Tagged { get; init; }
    public DummynetAssignment? Dummynet { get; init; }

    /// <summary>The line that <c>pfctl -nvf</c> prints for the rule.</summary>
    public string Text { get; init; } = "";
}
