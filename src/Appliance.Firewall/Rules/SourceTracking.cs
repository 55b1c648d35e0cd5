namespace Appliance.Firewall;

/// <summary>Whether the states of one source are counted together.</summary>
public enum SourceTracking : byte
{
    None,
    Rule,                       // those of this rule
    Global,                     // those of all rules that track globally
}
