namespace Appliance.Firewall;

/// <summary>The lists of a <see cref="Ruleset"/>.</summary>
public enum RulesetList : byte
{
    Filter,
    Nat,
    Redirect,
    BinatOut,
    BinatIn,
}
