using System.Collections.Immutable;
using Appliance.Wire.Ethernet;

namespace Appliance.Firewall.Language;

/// <summary>Makes an Ethernet rule of each combination of a statement's lists.</summary>
internal static class EtherExpander
{
    public static IEnumerable<EtherRule> Expand(EtherStatement statement) =>
        from port in OrNone(statement.Interfaces)
        from type in statement.EtherTypes.IsEmpty ? [(ushort)0] : statement.EtherTypes
        from source in OrNone(statement.Sources)
        from destination in OrNone(statement.Destinations)
        from ipSource in statement.IpSources.IsEmpty ? [PfHost.Any] : statement.IpSources
        from ipDestination in statement.IpDestinations.IsEmpty ? [PfHost.Any] : statement.IpDestinations
        select statement.Template with
        {
            Interface = port,
            EtherType = type != 0 ? type : TypeOf(ipSource) != 0 ? TypeOf(ipSource) : TypeOf(ipDestination),
            Source = source,
            Destination = destination,
            IpSource = ipSource,
            IpDestination = ipDestination,
        };

    private static ushort TypeOf(PfHost host) => host.Family switch
    {
        AddressFamily.Inet => (ushort)EtherType.Ipv4,
        AddressFamily.Inet6 => (ushort)EtherType.Ipv6,
        _ => 0,
    };

    private static ImmutableArray<T?> OrNone<T>(ImmutableArray<T> items)
        where T : class => items.IsEmpty ? [default(T)] : items.CastArray<T?>();
}
