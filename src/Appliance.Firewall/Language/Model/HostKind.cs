namespace Appliance.Firewall.Language;

public enum HostKind : byte
{
    Any,

    /// <summary>An address or a network.</summary>
    Prefix,

    /// <summary>From a first to a last address, both included.</summary>
    Range,

    /// <summary>A table, by name.</summary>
    Table,

    /// <summary>The addresses that an interface has when a packet comes: a name in parentheses.</summary>
    Interface,

    /// <summary>Whatever no route leads to.</summary>
    NoRoute,

    /// <summary>A source that would not be routed back through the interface it came by.</summary>
    UrpfFailed,
}
