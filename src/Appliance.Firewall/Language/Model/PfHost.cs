using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>One address as a rule or a pool names it: never a list. What does not belong to the kind has its default.</summary>
public sealed record PfHost
{
    public static readonly PfHost Any = new();

    public HostKind Kind { get; init; }
    public bool Negated { get; init; }

    /// <summary>Unspecified where the kind leaves it open: a table, an interface, <c>no-route</c>.</summary>
    public AddressFamily Family { get; init; }

    /// <summary>Of a prefix, host bits cleared; the first of a range.</summary>
    public IpAddress First { get; init; }

    /// <summary>The last of a range, included.</summary>
    public IpAddress Last { get; init; }

    /// <summary>Bits of a prefix; of an interface's addresses, 128 unless the ruleset says otherwise.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The table or the interface.</summary>
    public string Name { get; init; } = "";

    public InterfaceModifiers Modifiers { get; init; }

    /// <summary>The interface that a link-local address belongs to; empty where none is named.</summary>
    public string Zone { get; init; } = "";

    public SourcePosition Position { get; init; }

    /// <summary>0.0.0.0/0 and ::/0, which pf prints as <c>any</c>.</summary>
    public bool IsEverything => Kind == HostKind.Any || (Kind == HostKind.Prefix && PrefixLength == 0 && First.Bits == 0);

    /// <summary>May stand for several addresses: without <c>:0</c>, or a name that may be a group's because no digit ends it.</summary>
    public bool IsManyAddresses => Kind == HostKind.Interface
        && ((Modifiers & InterfaceModifiers.NoAlias) == 0 || !char.IsAsciiDigit(Name[^1]));
}
