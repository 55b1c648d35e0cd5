namespace Appliance.Ports.Linux;

/// <summary>
/// Hears from the kernel what changes: links, addresses, routes and their next hops, neighbours.
/// Bounded: what is not read in time is lost, and that is told.
/// </summary>
public sealed class HostMonitor : IDisposable
{
    private const uint Links = 0x1, Neighbours = 0x4;                   // RTMGRP_…
    private const uint Ipv4Addresses = 0x10, Ipv4Routes = 0x40, Ipv6Addresses = 0x100, Ipv6Routes = 0x400;
    private const uint NextHops = 0x8000_0000;                          // RTNLGRP_NEXTHOP has no such name
    private const int MostReads = 4096;                 // in one call

    private readonly NetlinkSocket _netlink;

    /// <param name="onlyDevices">Whether nothing is wanted of addresses, routes and neighbours.</param>
    public HostMonitor(bool onlyDevices = false) => _netlink = new NetlinkSocket(
        NetlinkSocket.Routing,
        onlyDevices ? Links : Links | Neighbours | Ipv4Addresses | Ipv4Routes | Ipv6Addresses | Ipv6Routes | NextHops,
        "host");

    /// <summary>Becomes readable when something has changed.</summary>
    public int WakeupDescriptor => _netlink.WakeupDescriptor;

    /// <summary>Tells what has changed since the last time, in order. It does not wait.</summary>
    public void Read(IHostEvents events)
    {
        if (!_netlink.ReadNotifications(MostReads, (type, flags, body) => Tell(events, type, flags, body))) events.OnLost();
    }

    public void Dispose() => _netlink.Dispose();

    private static void Tell(IHostEvents events, ushort type, ushort flags, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case RoutingCalls.NewLink or RoutingCalls.DeleteLink when RoutingReader.TryReadDevice(body, out HostDevice device):
                events.OnDevice(device, type == RoutingCalls.DeleteLink);
                break;
            case RoutingCalls.NewAddress or RoutingCalls.DeleteAddress when RoutingReader.TryReadAddress(body, out HostAddress address):
                events.OnAddress(address, type == RoutingCalls.DeleteAddress);
                break;
            case RoutingCalls.NewRoute or RoutingCalls.DeleteRoute when RouteNotice.TryRead(body, flags, out RouteNotice route):
                events.OnRoute(route, type == RoutingCalls.DeleteRoute);
                break;
            case RoutingCalls.NewNextHop or RoutingCalls.DeleteNextHop when RoutingReader.TryReadNextHop(body, out uint number):
                events.OnNextHop(number, type == RoutingCalls.DeleteNextHop);
                break;
            case RoutingCalls.NewNeighbour or RoutingCalls.DeleteNeighbour
                when RoutingReader.TryReadNeighbour(body, out HostNeighbour neighbour):
                events.OnNeighbour(neighbour, type == RoutingCalls.DeleteNeighbour);
                break;
        }
    }
}
