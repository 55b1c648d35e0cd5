namespace Appliance.Firewall.Tests;

/// <summary>Routes made up from the bits of the address, so that some are there and some are not.</summary>
internal sealed class RoutesOfTest : IRouteFacts
{
    public static readonly RoutesOfTest Instance = new();

    public bool HasRoute(UInt128 address, bool isV6) => ((uint)address & 1) == 0;

    public bool HasRouteBy(UInt128 address, bool isV6, int port) => ((uint)(address >> 1) & 3) == (uint)port;
}
