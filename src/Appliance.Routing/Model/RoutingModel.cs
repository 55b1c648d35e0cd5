using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Routing.Fib;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Everything that decides where a datagram goes, swapped whole. Disposed by who built it, once no worker uses it.</summary>
public sealed class RoutingModel : IDisposable
{
    /// <summary>What a prefix table answers where no route leads.</summary>
    public const int NoRoute = -1;

    private readonly Ipv4PrefixTable _v4;
    private readonly Ipv6PrefixTable _v6;
    private readonly RouteWays[] _ways;                                 // by route

    /// <param name="routes">Connected, static and default routes; of two for one prefix the first counts.</param>
    /// <param name="memory">Where the prefix tables lie; null for <see cref="ProcessMemory"/>.</param>
    public RoutingModel(
        PortTable ports,
        ImmutableArray<PortAddresses> addresses,
        OwnAddressTable own,
        NeighbourTable neighbours,
        ImmutableArray<Route> routes,
        ITableMemory? memory = null)
    {
        _v4 = new Ipv4PrefixTable(memory: memory);
        _v6 = new Ipv6PrefixTable(memory: memory);
        Ports = ports;
        Addresses = addresses;
        AwaitsLeases = addresses.Any(port => port.AwaitsLease);
        Own = own;
        Neighbours = neighbours;
        Routes = [.. routes.DistinctBy(route => route.To)];
        _ways = [.. Routes.Select(route => new RouteWays(route, neighbours))];
        for (int i = 0; i < Routes.Length; i++)
            Insert(Routes[i].To, i);
    }

    public PortTable Ports { get; }
    public ImmutableArray<PortAddresses> Addresses { get; }

    /// <summary>Whether the host asks for an address at any port.</summary>
    public bool AwaitsLeases { get; }

    public OwnAddressTable Own { get; }
    public NeighbourTable Neighbours { get; }
    public ImmutableArray<Route> Routes { get; }

    public Ipv4PrefixTable V4 => _v4;
    public Ipv6PrefixTable V6 => _v6;

    /// <summary>The index in <see cref="Routes"/> of the longest match, or <see cref="NoRoute"/>.</summary>
    public int Find(IpAddress address) => address.IsV6 ? _v6.Lookup(address.V6) : _v4.Lookup(address.V4);

    /// <summary>The ways of a route by its index, resolved as far as they can be before a frame comes.</summary>
    public ref readonly RouteWays WaysOf(int route) => ref _ways[route];

    /// <summary>Whether <paramref name="address"/> is the appliance's own on the link of <paramref name="port"/>.</summary>
    public bool IsOwnAt(IpAddress address, int port) =>
        Own.IsOwnAt(address, port);

    /// <summary>The MAC address at which neighbours on the link of <paramref name="port"/> find an own address.</summary>
    public MacAddress MacOf(IpAddress address, int port) => Own.FindVirtual(address, port)?.Mac ?? Ports[port].Mac;

    /// <summary>
    /// What an error about a frame from <paramref name="port"/> is sent from: that port's first address of the family, else another's.
    /// </summary>
    public bool TryErrorSource(int port, bool v6, out IpAddress source)
    {
        if (AddressOf(Addresses[port], v6) is { } own)
        {
            source = own;
            return true;
        }

        foreach (PortAddresses other in Addresses)
        {
            if (AddressOf(other, v6) is not { } address) continue;
            source = address;
            return true;
        }

        source = default;
        return false;
    }

    /// <summary>Nobody may ask any more.</summary>
    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        IsDisposed = true;
        _v4.Dispose();
        _v6.Dispose();
    }

    private static IpAddress? AddressOf(PortAddresses port, bool v6) => v6 ? port.FirstV6 : port.FirstV4;

    private void Insert(IpPrefix to, int index)
    {
        bool fits = to.Address.IsV6 ? _v6.Set(to.Network.V6, to.Length, index) : _v4.Set(to.Network.V4, to.Length, index);
        if (!fits) throw new InvalidOperationException($"The forwarding table is full at {to}.");
    }
}
