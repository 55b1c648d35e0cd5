using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>What the control side of neighbour resolution works by, from a configuration and the models made of it.</summary>
internal static class LinkFactsBuilder
{
    private const int LinkLocalBits = 64;

    public static NeighbourFacts Build(RuntimeModel configuration, RoutingModel routing) =>
        new(
            routing.Ports,
            [.. configuration.Ports.Select(port => LinkOf(configuration, port, routing.Ports[port.Index]))],
            routing.Neighbours);

    private static LinkFacts LinkOf(RuntimeModel configuration, PortModel port, PortFacts facts)
    {
        if (port.IsVacant) return new LinkFacts([], []);
        var linkLocal = new IpPrefix(NodeModelsBuilder.LinkLocalOf(facts.Mac), LinkLocalBits);
        ImmutableArray<IpPrefix> own = [.. port.Addresses.Where(prefix => prefix.Address != linkLocal.Address), linkLocal];
        return new LinkFacts(own, [.. VirtualAddressBuilder.Of(configuration, facts)]);
    }
}
