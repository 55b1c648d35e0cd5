using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>A whole ruleset: every list expanded, every default spelled out.</summary>
public sealed record PfRuleset
{
    public required PfOptions Options { get; init; }
    public required ImmutableArray<PfTable> Tables { get; init; }
    public required ImmutableArray<LoadAnchor> LoadAnchors { get; init; }
    public required PfRuleSections Rules { get; init; }

    /// <summary>What is neither rule, table nor anchor, in order: options, queues, limiters.</summary>
    public required ImmutableArray<PfStatement> Statements { get; init; }

    /// <summary>The whole of what <c>pfctl -nvf</c> prints, a line each.</summary>
    public required ImmutableArray<string> Lines { get; init; }
}
