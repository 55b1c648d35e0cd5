using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>What the control side of neighbour resolution works by: swapped whole with the other models.</summary>
/// <param name="Ports">All ports.</param>
/// <param name="Links">By port.</param>
/// <param name="Fixed">The configured neighbours, about whom nobody is asked and nothing is learned.</param>
public sealed record NeighbourFacts(PortTable Ports, ImmutableArray<LinkFacts> Links, NeighbourTable Fixed)
{
    /// <summary>Whether an address can be a neighbour's on the link of a port: link-local, or of a connected network.</summary>
    public bool IsOnLink(int port, IpAddress address)
    {
        if (address is { IsV6: true, IsLinkLocal: true }) return true;
        foreach (IpPrefix prefix in Links[port].Addresses)
        {
            if (prefix.Contains(address)) return true;
        }

        return false;
    }

    public MacAddress MacOf(int port) => Ports[port].Mac;
}
