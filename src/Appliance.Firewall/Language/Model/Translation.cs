namespace Appliance.Firewall.Language;

/// <summary>
/// What a rule changes. The old rules (<c>nat</c>, <c>rdr</c>, <c>binat</c>) have one of the pools; a new rule may have both.
/// </summary>
public sealed record Translation
{
    /// <summary>
    /// New source: <c>nat</c>, <c>nat-to</c>, <c>binat</c>, and the source of <c>af-to</c>. Ports of 0 are <c>static-port</c>.
    /// </summary>
    public PfPool? Source { get; init; }

    /// <summary>New destination: <c>rdr</c>, <c>rdr-to</c>, and the destination of <c>af-to</c>.</summary>
    public PfPool? Destination { get; init; }

    /// <summary>The family of <c>af-to</c>.</summary>
    public AddressFamily NewFamily { get; init; }

    /// <summary>One of the two rules that <c>binat-to</c> stands for.</summary>
    public bool IsBinatTo { get; init; }

    /// <summary><c>nat pass</c>, <c>rdr pass</c>: the filter rules are not asked.</summary>
    public bool Pass { get; init; }
}
