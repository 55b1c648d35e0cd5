namespace Appliance.Firewall;

/// <summary>The way that packets of a flow go.</summary>
/// <param name="Port">The logical port that they leave by.</param>
/// <param name="NextHop">The neighbour's address, an IPv4 address in the low 32 bits; 0: the destination itself.</param>
public readonly record struct RouteChoice(ushort Port, UInt128 NextHop)
{
    public bool HasNextHop => NextHop != 0;
}
