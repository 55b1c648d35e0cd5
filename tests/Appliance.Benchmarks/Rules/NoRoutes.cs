using Appliance.Firewall;

namespace Appliance.Benchmarks.Rules;

/// <summary>For rules that ask nothing of the routing table.</summary>
internal sealed class NoRoutes : IRouteFacts
{
    public bool HasRoute(UInt128 address, bool isV6) => false;

    public bool HasRouteBy(UInt128 address, bool isV6, int port) => false;
}
