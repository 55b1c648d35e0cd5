namespace Appliance.Firewall;

/// <summary>What a rule says about the ports of source translation.</summary>
/// <param name="Range">Where they are taken from.</param>
/// <param name="IsStatic"><c>static-port</c>: the source port stays as it is; identifiers of ICMP queries do not, as in pf.</param>
/// <param name="IsEndpointIndependent">
/// <c>endpoint-independent</c>: the port does not depend on the destination (RFC 4787 REQ-1). Whoever probes must look for the source
/// alone.
/// </param>
/// <param name="KeepsIdentifiers"><c>binat</c>: identifiers stay, too.</param>
public readonly record struct PortPolicy(
    PortRange Range, bool IsStatic = false, bool IsEndpointIndependent = false, bool KeepsIdentifiers = false)
{
    public static readonly PortPolicy Default = new(PortRange.Default);

    /// <summary>One address for one: nothing but the address is translated.</summary>
    public static readonly PortPolicy OneToOne = new(PortRange.Default, IsStatic: true, KeepsIdentifiers: true);
}
