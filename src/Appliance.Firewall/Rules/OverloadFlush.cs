namespace Appliance.Firewall;

/// <summary>Which states of a source that went over its limit are killed.</summary>
public enum OverloadFlush : byte
{
    None,
    Rule,                       // overload <table> flush: those that this rule made
    Global,                     // overload <table> flush global: all
}
