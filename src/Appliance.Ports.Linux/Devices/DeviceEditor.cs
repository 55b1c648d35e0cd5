using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// Changes what the host has, by netlink. What is already as it should be, or already gone, is no failure; anything else that the kernel
/// refuses is thrown as <see cref="SystemCallException"/>. From one thread at a time.
/// </summary>
public sealed class DeviceEditor : IDisposable
{
    private const uint WithoutDetection = 0x02;         // IFA_F_NODAD
    private const uint Temporary = 0x01 | 0x40 | 0x08;  // of an address: IFA_F_SECONDARY, IFA_F_TENTATIVE, IFA_F_DADFAILED
    private const byte LinkScope = 253;                 // RT_SCOPE_LINK

    private readonly NetlinkSocket _netlink = new(NetlinkSocket.Routing, 0, "host");

    public void SetUp(int device, bool isUp)
    {
        var link = new RoutingCalls.Link
        {
            Index = device,
            Flags = isUp ? RoutingCalls.LinkUp : 0,
            Change = RoutingCalls.LinkUp,
        };
        Demand(RoutingCalls.SetLink, 0, link, _ => { }, "RTM_SETLINK up or down");
    }

    public void SetMtu(int device, int bytes) => Demand(
        RoutingCalls.SetLink,
        0,
        new RoutingCalls.Link { Index = device },
        message => message.Attribute(RoutingCalls.LinkMtu, (uint)bytes),
        $"RTM_SETLINK mtu {bytes}");

    /// <summary>False: the kernel does not let it, or there is no such device any more.</summary>
    public bool TrySetMtu(int device, int bytes)
    {
        try
        {
            SetMtu(device, bytes);
            return true;
        }
        catch (SystemCallException)
        {
            return false;
        }
    }

    /// <summary>IPv6 duplicate address detection is left to the appliance, which has the wire.</summary>
    public void AddAddress(HostAddress address) => Demand(
        RoutingCalls.NewAddress,
        NetlinkMessage.Create | NetlinkMessage.Replace,
        HeaderOf(address),
        message =>
        {
            WriteAddress(message, address);
            message.Attribute(RoutingCalls.AddressFlags, (address.Flags & ~Temporary) | WithoutDetection);
            var life = new RoutingCalls.AddressLife { PreferredSeconds = address.PreferredSeconds, ValidSeconds = address.ValidSeconds };
            message.Attribute(RoutingCalls.AddressCache, MemoryMarshal.AsBytes(new ReadOnlySpan<RoutingCalls.AddressLife>(in life)));
            if (address.Broadcast is { } broadcast) message.Attribute(RoutingCalls.AddressBroadcast, BytesOf(broadcast));
        },
        $"RTM_NEWADDR {address.Prefix}",
        Errno.Exists);

    public void RemoveAddress(HostAddress address) => Demand(
        RoutingCalls.DeleteAddress,
        0,
        HeaderOf(address),
        message => WriteAddress(message, address),
        $"RTM_DELADDR {address.Prefix}",
        Errno.AddressNotAvailable,
        Errno.NoDevice);

    /// <summary>Of one way or none.</summary>
    public void AddRoute(HostRoute route) => Demand(
        RoutingCalls.NewRoute,
        NetlinkMessage.Create | NetlinkMessage.Replace,
        HeaderOf(route),
        message => WriteRoute(message, route),
        $"RTM_NEWROUTE {route.Destination}",
        Errno.Exists);

    public void RemoveRoute(HostRoute route) => Demand(
        RoutingCalls.DeleteRoute,
        0,
        HeaderOf(route),
        message => WriteRoute(message, route),
        $"RTM_DELROUTE {route.Destination}",
        Errno.NoSuchProcess,
        Errno.NoDevice);

    public void Dispose() => _netlink.Dispose();

    private void Demand<T>(ushort type, int flags, in T structure, Action<NetlinkMessage> write, string call, params int[] harmless)
        where T : unmanaged
    {
        var message = new NetlinkMessage();
        message.Begin(type, (ushort)(flags | NetlinkMessage.Acknowledged), structure);
        write(message);
        message.End();
        int errno = _netlink.Request(message);
        if (errno != 0 && !harmless.Contains(errno)) throw new SystemCallException(call, errno, "host");
    }

    private static RoutingCalls.AddressHeader HeaderOf(HostAddress address) => new()
    {
        Family = FamilyOf(address.Prefix.Address),
        Length = (byte)address.Prefix.Length,
        Scope = address.Scope,
        Index = address.DeviceIndex,
    };

    private static void WriteAddress(NetlinkMessage message, HostAddress address)
    {
        message.Attribute(RoutingCalls.LocalAddress, BytesOf(address.Prefix.Address));
        message.Attribute(RoutingCalls.Address, BytesOf(address.Prefix.Address));
    }

    private static RoutingCalls.Route HeaderOf(HostRoute route)
    {
        bool isOnLink = route.NextHops is [{ Gateway: null }] && !route.Destination.Address.IsV6;
        return new RoutingCalls.Route
        {
            Family = FamilyOf(route.Destination.Address),
            DestinationLength = (byte)route.Destination.Length,
            Table = (byte)(route.Table <= byte.MaxValue ? route.Table : 0),
            Protocol = route.Protocol,
            Scope = isOnLink ? LinkScope : (byte)0,
            Type = route.Type,
        };
    }

    private static void WriteRoute(NetlinkMessage message, HostRoute route)
    {
        if (route.Destination.Length > 0) message.Attribute(RoutingCalls.RouteDestination, BytesOf(route.Destination.Network));
        message.Attribute(RoutingCalls.RouteTable, route.Table);
        if (route.Metric != 0) message.Attribute(RoutingCalls.RouteMetric, route.Metric);
        if (route.Source is { } source) message.Attribute(RoutingCalls.RouteSource, BytesOf(source));
        foreach (HostNextHop way in route.NextHops)
        {
            message.Attribute(RoutingCalls.RouteDevice, (uint)way.DeviceIndex);
            if (way.Gateway is { } gateway) message.Attribute(RoutingCalls.RouteGateway, BytesOf(gateway));
        }
    }

    private static byte FamilyOf(IpAddress address) => address.IsV6 ? RoutingCalls.Ipv6Family : RoutingCalls.Ipv4Family;

    private static byte[] BytesOf(IpAddress address)
    {
        var bytes = new byte[address.BitLength / 8];
        if (address.IsV6) address.V6.WriteTo(bytes);
        else address.V4.WriteTo(bytes);
        return bytes;
    }
}
