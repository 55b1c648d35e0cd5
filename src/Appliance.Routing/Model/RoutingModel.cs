using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Routing.Fib;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Everything that decides where a datagram goes, swapped whole but for what is learned. Disposed by who built it, once no worker uses it.
/// </summary>
public sealed class RoutingModel : IDisposable
{
    /// <summary>What a lookup answers where no route leads.</summary>
    public const int NoRoute = ForwardingTable.NoRoute;

    /// <param name="table">The model holds it until it is disposed.</param>
    public RoutingModel(
        PortTable ports,
        ImmutableArray<PortAddresses> addresses,
        OwnAddressTable own,
        NeighbourTable neighbours,
        ForwardingTable table)
    {
        Ports = ports;
        Addresses = addresses;
        AwaitsLeases = addresses.Any(port => port.AwaitsLease);
        Own = own;
        Neighbours = neighbours;
        (Table, V4, V6) = (table, table.V4, table.V6);
    }

    public PortTable Ports { get; }
    public ImmutableArray<PortAddresses> Addresses { get; }

    /// <summary>Whether the host asks for an address at any port.</summary>
    public bool AwaitsLeases { get; }

    public OwnAddressTable Own { get; }
    public NeighbourTable Neighbours { get; }

    /// <summary>Where prefixes lead. What is learned changes in it, while the model stays.</summary>
    public ForwardingTable Table { get; }

    public Ipv4PrefixTable V4 { get; }

    public Ipv6PrefixTable V6 { get; }

    /// <summary>The number of the target of the longest match, or <see cref="NoRoute"/>.</summary>
    public int Find(IpAddress address) => Table.Find(address);

    public RouteTarget TargetOf(int target) => Table.TargetOf(target);

    /// <summary>The ways of a target by its number, resolved as far as they can be before a frame comes.</summary>
    public ref readonly RouteWays WaysOf(int target) => ref Table.WaysOf(target);

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
        Table.Dispose();
    }

    private static IpAddress? AddressOf(PortAddresses port, bool v6) => v6 ? port.FirstV6 : port.FirstV4;
}
