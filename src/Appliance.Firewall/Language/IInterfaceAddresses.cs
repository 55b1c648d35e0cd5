using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>The addresses of interfaces that a ruleset names without parentheses: they are looked up once, when it is read.</summary>
public interface IInterfaceAddresses
{
    /// <summary>The addresses of one interface, or of all for <c>self</c>, in the interface's order; empty for an unknown one.</summary>
    ImmutableArray<InterfaceAddress> AddressesOf(string name);

    /// <summary>Whether it is a loopback interface; antispoof asks.</summary>
    bool IsLoopback(string name);

    /// <summary>Characters that a name may have.</summary>
    int MaximumNameLength => PfLimits.InterfaceName;

    /// <summary>The interface or group that may have been meant by a name that is neither; null: none is near.</summary>
    string? Nearest(string name) => null;
}
