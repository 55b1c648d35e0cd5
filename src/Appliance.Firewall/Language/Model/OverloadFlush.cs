namespace Appliance.Firewall.Language;

/// <summary>Which states die when a source is put into the overload table.</summary>
public enum OverloadFlush : byte
{
    None,

    /// <summary>Those of the rule.</summary>
    Rule,

    /// <summary>All states of the source.</summary>
    Global,
}
