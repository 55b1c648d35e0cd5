namespace Appliance.Firewall;

/// <summary>
/// What rules with <c>no-route</c> and <c>urpf-failed</c> ask of the routing table. An IPv4 address is in the low 32 bits.
/// </summary>
public interface IRouteFacts
{
    bool HasRoute(UInt128 address, bool isV6);

    /// <summary>Whether packets to the address leave by this port, or may.</summary>
    bool HasRouteBy(UInt128 address, bool isV6, int port);
}
