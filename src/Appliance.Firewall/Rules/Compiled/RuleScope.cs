namespace Appliance.Firewall;

/// <summary>Where a rule stands: in which anchor, or -1, and where the next that is not within it begins.</summary>
internal readonly record struct RuleScope(int Parent, int End);
