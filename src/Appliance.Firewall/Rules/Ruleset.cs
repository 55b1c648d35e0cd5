namespace Appliance.Firewall;

/// <summary>
/// All rules that judge a packet, resolved and immutable: pf's old-style translation rules, asked first, and the filter. A binat rule
/// translates both ways, so it stands in two lists: outbound it matches the inner source, inbound the outer address as destination.
/// </summary>
public sealed record Ruleset
{
    public static readonly Ruleset Empty = new();

    public RuleList Filter { get; init; } = RuleList.Empty;
    public RuleList Nat { get; init; } = RuleList.Empty;
    public RuleList Redirect { get; init; } = RuleList.Empty;
    public RuleList BinatOut { get; init; } = RuleList.Empty;
    public RuleList BinatIn { get; init; } = RuleList.Empty;

    /// <summary>Rules in all; a binat rule is one.</summary>
    public int Count => Filter.Count + Nat.Count + Redirect.Count + BinatOut.Count;
}
