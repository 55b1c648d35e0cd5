namespace Appliance.Node;

/// <summary>
/// A rule of the ruleset in force and its counters of all workers, as <c>pfctl -vsr</c> has them. A state counts with the rule that made
/// it, that rule's anchor, and the match rules that it met, while it lives.
/// </summary>
public sealed record RuleAccounts
{
    public required string Id { get; init; }

    /// <summary>As pfctl prints it, without indent.</summary>
    public required string Text { get; init; }

    /// <summary>Anchors that it stands in.</summary>
    public required int Depth { get; init; }

    /// <summary>Whether it is an anchor whose rules follow, one deeper.</summary>
    public required bool OpensBody { get; init; }

    /// <summary>Packets that reached its place undecided.</summary>
    public required long Evaluations { get; init; }

    public required long Packets { get; init; }

    /// <summary>IP lengths.</summary>
    public required long Bytes { get; init; }

    public required long StatesCreated { get; init; }

    /// <summary>Now.</summary>
    public required long States { get; init; }
}
