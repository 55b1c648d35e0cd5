namespace Appliance.Firewall;

/// <summary>Which of a ruleset's lists a rule stands in.</summary>
public enum RuleListKind : byte
{
    Filter,
    Nat,
    Redirect,
    BinatOut,
    BinatIn,
}
