using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>An address on a port's link: who it belongs to is what ARP and neighbour discovery find out.</summary>
/// <param name="Port">Logical.</param>
/// <param name="Address">Unicast.</param>
public readonly record struct NeighbourKey(ushort Port, IpAddress Address);
