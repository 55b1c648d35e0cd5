using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>A table as the ruleset defines it. The name of a file in it is as written: relative to the file that says it.</summary>
public sealed record PfTable(SourcePosition Position, string Name)
{
    public bool Const { get; init; }
    public bool Persist { get; init; }
    public bool Counters { get; init; }

    /// <summary>The ruleset names its contents, be they none: what it held before goes.</summary>
    public bool HasContents { get; init; }
    public ImmutableArray<TableEntry> Entries { get; init; } = [];

    /// <summary>The anchor that it belongs to; empty for the main ruleset.</summary>
    public string Anchor { get; init; } = "";
}
