using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>Reads the bodies of routing messages. What is too short or of another family is none.</summary>
internal static class RoutingReader
{
    public static bool TryReadDevice(ReadOnlySpan<byte> body, out HostDevice device)
    {
        device = new HostDevice(0, "", default, 0, IsUp: false, HasCarrier: false, 0, "");
        if (!TrySplit(body, out RoutingCalls.Link link, out NetlinkAttributes attributes)) return false;
        device = device with { Index = link.Index, IsUp = (link.Flags & RoutingCalls.LinkUp) != 0 };
        while (attributes.MoveNext())
        {
            device = attributes.Type switch
            {
                RoutingCalls.LinkName => device with { Name = attributes.Text },
                RoutingCalls.LinkAddress when attributes.Value.Length == MacAddress.Length =>
                    device with { Mac = MacAddress.Read(attributes.Value) },
                RoutingCalls.LinkMtu => device with { MtuBytes = (int)attributes.Number },
                RoutingCalls.LinkMaster => device with { Master = (int)attributes.Number },
                RoutingCalls.LinkCarrier => device with { HasCarrier = attributes.Value is not [0, ..] },
                RoutingCalls.LinkInformation => device with { Kind = KindOf(attributes.Value) },
                _ => device,
            };
        }

        return link.Index > 0 && link.Family == 0;      // bridges tell of their ports by other families
    }

    public static bool TryReadAddress(ReadOnlySpan<byte> body, out HostAddress address)
    {
        address = new HostAddress(0, default, 0, 0, HostAddress.Forever, HostAddress.Forever);
        if (!TrySplit(body, out RoutingCalls.AddressHeader header, out NetlinkAttributes attributes)) return false;
        address = address with { DeviceIndex = header.Index, Flags = header.Flags, Scope = header.Scope };
        IpAddress? own = null, peer = null;
        while (attributes.MoveNext())
        {
            if (attributes.Type == RoutingCalls.LocalAddress) own = AddressOf(attributes.Value);
            else if (attributes.Type == RoutingCalls.Address) peer = AddressOf(attributes.Value);
            else if (attributes.Type == RoutingCalls.AddressFlags) address = address with { Flags = attributes.Number };
            else if (attributes.Type == RoutingCalls.AddressBroadcast)
                address = address with { Broadcast = AddressOf(attributes.Value)?.V4 };
            else if (attributes.Type == RoutingCalls.AddressCache) address = WithLife(address, attributes.Value);
        }

        if ((own ?? peer) is not { } found) return false;
        address = address with { Prefix = new IpPrefix(found, header.Length) };
        return true;
    }

    public static bool TryReadRoute(ReadOnlySpan<byte> body, out HostRoute route)
    {
        bool isRead = RouteNotice.TryRead(body, messageFlags: 0, out RouteNotice notice);
        route = notice.ToRoute();
        return isRead;
    }

    /// <param name="number">By which routes name it, and groups.</param>
    public static bool TryReadNextHop(ReadOnlySpan<byte> body, out uint number)
    {
        number = 0;
        if (!TrySplit(body, out RoutingCalls.NextHop _, out NetlinkAttributes attributes)) return false;
        while (number == 0 && attributes.MoveNext())
        {
            if (attributes.Type == RoutingCalls.NextHopNumber) number = attributes.Number;
        }

        return number != 0;
    }

    public static bool TryReadNeighbour(ReadOnlySpan<byte> body, out HostNeighbour neighbour)
    {
        neighbour = new HostNeighbour(0, default, null, 0);
        if (!TrySplit(body, out RoutingCalls.Neighbour header, out NetlinkAttributes attributes)) return false;
        if (header.Family is not (RoutingCalls.Ipv4Family or RoutingCalls.Ipv6Family)) return false;
        IpAddress? address = null;
        neighbour = neighbour with { DeviceIndex = header.Index, State = header.State };
        while (attributes.MoveNext())
        {
            if (attributes.Type == RoutingCalls.NeighbourAddress) address = AddressOf(attributes.Value);
            else if (attributes.Type == RoutingCalls.NeighbourMac && attributes.Value.Length == MacAddress.Length)
                neighbour = neighbour with { Mac = MacAddress.Read(attributes.Value) };
        }

        if (address is not { } found) return false;
        neighbour = neighbour with { Address = found };
        return true;
    }

    private static HostAddress WithLife(HostAddress address, ReadOnlySpan<byte> value)
    {
        if (value.Length < Unsafe.SizeOf<RoutingCalls.AddressLife>()) return address;
        var life = MemoryMarshal.Read<RoutingCalls.AddressLife>(value);
        return address with { PreferredSeconds = life.PreferredSeconds, ValidSeconds = life.ValidSeconds };
    }

    /// <summary>A gateway of the other family stands behind its family's number (struct rtvia).</summary>
    public static IpAddress? GatewayOf(in NetlinkAttributes attribute) =>
        AddressOf(attribute.Type == RoutingCalls.RouteVia && attribute.Value.Length > 2 ? attribute.Value[2..] : attribute.Value);

    public static IpAddress? AddressOf(ReadOnlySpan<byte> value) => value.Length switch
    {
        Ipv4Address.Length => Ipv4Address.Read(value),
        Ipv6Address.Length => Ipv6Address.Read(value),
        _ => null,
    };

    private static string KindOf(ReadOnlySpan<byte> information)
    {
        var attributes = new NetlinkAttributes(information);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RoutingCalls.LinkKind) return attributes.Text;
        }

        return "";
    }

    public static bool TrySplit<T>(ReadOnlySpan<byte> body, out T header, out NetlinkAttributes attributes) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        bool isLongEnough = MemoryMarshal.TryRead(body, out header);
        attributes = new NetlinkAttributes(isLongEnough ? body[size..] : default);
        return isLongEnough;
    }
}
