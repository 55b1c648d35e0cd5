namespace Appliance.Firewall.Language;

/// <summary>Whether a rule counts its sources, and whether for itself or with all rules that do.</summary>
public enum SourceTracking : byte
{
    None,
    Global,
    Rule,
}
