using Appliance.Configuration;

namespace Appliance.Fuzz.Oracle;

/// <summary>What the twin knows of a port or sub-port.</summary>
/// <param name="Parent">−1 for a physical port.</param>
/// <param name="V4">The first address, or null.</param>
/// <param name="V6">The first address, or null.</param>
/// <param name="Link">The port as a route of one way, for what stays on its link.</param>
internal sealed record PortFact(
    int Index, int Parent, int Vlan, int Physical, ulong Mac, int MtuBytes, ReversePath ReversePath, uint? V4, UInt128? V6, RouteFact Link);
