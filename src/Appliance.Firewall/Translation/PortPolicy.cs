namespace Appliance.Firewall;

/// <summary>What a rule says about the ports of source translation.</summary>
/// <param name="Range">Where they are taken from.</param>
/// <param name="IsStatic"><c>static-port</c>: the source port stays as it is.</param>
/// <param name="IsEndpointIndependent">
/// <c>endpoint-independent</c>: the port does not depend on the destination (RFC 4787 REQ-1). Whoever probes must look for the source
/// alone.
/// </param>
public readonly record struct PortPolicy(PortRange Range, bool IsStatic = false, bool IsEndpointIndependent = false)
{
    public static readonly PortPolicy Default = new(PortRange.Default);
}
