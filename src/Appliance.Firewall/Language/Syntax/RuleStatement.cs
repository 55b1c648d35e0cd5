namespace Appliance.Firewall.Language;

/// <summary>
/// A rule as it was written. The template has all that is the same for each rule expanded from it; lists and pools are what is not yet.
/// </summary>
internal sealed record RuleStatement(PfRule Template, RuleLists Lists)
{
    public RouteSyntax? Route { get; init; }

    /// <summary><c>nat</c>, <c>nat-to</c>, <c>binat</c>, <c>binat-to</c>, the source of <c>af-to</c>.</summary>
    public PoolSyntax? SourcePool { get; init; }

    /// <summary><c>rdr</c>, <c>rdr-to</c>, the destination of <c>af-to</c>.</summary>
    public PoolSyntax? DestinationPool { get; init; }

    /// <summary><c>binat-to</c>, which stands for a rule of each direction.</summary>
    public bool IsBinatTo { get; init; }
}
