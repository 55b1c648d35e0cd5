namespace Appliance.Firewall;

/// <summary>Why a rule cannot be: a mistake of whoever resolved it, since the language refuses the like with a position.</summary>
public sealed record RuleFault(string RuleId, string Reason);
