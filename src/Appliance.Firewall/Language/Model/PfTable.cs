using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>A table as the ruleset defines it.</summary>
public sealed record PfTable(SourcePosition Position, string Name)
{
    public bool Const { get; init; }
    public bool Persist { get; init; }
    public bool Counters { get; init; }

    /// <summary>The ruleset names its contents, be they none: what it held before goes.</summary>
    public bool HasContents { get; init; }
    public ImmutableArray<PfTableEntry> Entries { get; init; } = [];
}
