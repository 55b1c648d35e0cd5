using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Language;

/// <summary>Pools as pfctl prints them.</summary>
internal static class PoolText
{
    public static string OfSource(PfPool pool, AddressFamily family) => Of(pool, family, SourcePorts(pool.Ports),
        pool.Ports == default ? " static-port" : "");

    public static string OfDestination(PfPool pool, AddressFamily family) => Of(pool, family, DestinationPorts(pool.Ports), "");

    /// <summary>A pool that has no ports: of binat, and of routes.</summary>
    public static string OfAddresses(PfPool pool, AddressFamily family) => Of(pool, family, "", "");

    private static string Of(PfPool pool, AddressFamily family, string ports, string staticPort)
    {
        string members = string.Join(", ", pool.Addresses.Select(address => Member(address, family)));
        var text = new StringBuilder(pool.Addresses.Length > 1 ? $"{{ {members} }}" : members);
        text.Append(ports);
        text.Append(pool.Kind switch
        {
            PoolKind.Bitmask => " bitmask",
            PoolKind.Random => " random",
            PoolKind.SourceHash => Hash(pool.HashKey),
            PoolKind.RoundRobin => " round-robin",
            _ => "",
        });
        if (pool.StickyAddress) text.Append(" sticky-address");
        if (pool.EndpointIndependent) text.Append(" endpoint-independent");
        text.Append(staticPort);
        if (pool.MapE is { } set) text.Append(CultureInfo.InvariantCulture, $" map-e-portset {set.Offset}/{set.Length}/{set.Identifier}");
        if (pool.PreferIpv6NextHop) text.Append(" prefer-ipv6-nexthop");
        return text.ToString();
    }

    private static string Member(PoolAddress address, AddressFamily family)
    {
        string host = HostText.Of(address.Host, family);
        if (address.Interface.Length == 0) return host;
        return address.Host.Kind == HostKind.Any ? address.Interface : $"({address.Interface} {host})";
    }

    /// <summary>pfctl makes a key of its own where none is given; ours is not known here, and nothing is printed.</summary>
    private static string Hash(UInt128? key) =>
        key is { } value ? string.Create(CultureInfo.InvariantCulture, $" source-hash 0x{value:x32}") : " source-hash";

    private static string SourcePorts(PoolPorts ports)
    {
        if (ports == PoolPorts.Proxy || ports == default) return "";
        return ports.First == ports.Last
            ? string.Create(CultureInfo.InvariantCulture, $" port {ports.First}")
            : string.Create(CultureInfo.InvariantCulture, $" port {ports.First}:{ports.Last}");
    }

    private static string DestinationPorts(PoolPorts ports)
    {
        if (ports.First == 0) return "";
        return ports.Last == 0 || ports.Last == ports.First
            ? string.Create(CultureInfo.InvariantCulture, $" port {ports.First}")
            : string.Create(CultureInfo.InvariantCulture, $" port {ports.First}:{ports.Last}");
    }
}
