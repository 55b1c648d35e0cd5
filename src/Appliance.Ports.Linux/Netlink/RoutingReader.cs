using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>Reads the bodies of routing messages. What is too short or of another family is none.</summary>
internal static class RoutingReader
{
    private const int NoWay = 0;

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
        route = new HostRoute(default, [], 0, 0, 0, 0, Source: null);
        if (!TrySplit(body, out RoutingCalls.Route header, out NetlinkAttributes attributes)) return false;
        if (header.Family is not (RoutingCalls.Ipv4Family or RoutingCalls.Ipv6Family)) return false;
        bool isV6 = header.Family == RoutingCalls.Ipv6Family;
        route = route with { Table = header.Table, Protocol = header.Protocol, Type = header.Type };
        IpAddress destination = isV6 ? Ipv6Address.Any : Ipv4Address.Any;
        var only = new HostNextHop(null, NoWay, 1);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RoutingCalls.RouteDestination) destination = AddressOf(attributes.Value) ?? destination;
            else if (attributes.Type == RoutingCalls.RouteDevice) only = only with { DeviceIndex = (int)attributes.Number };
            else if (attributes.Type is RoutingCalls.RouteGateway or RoutingCalls.RouteVia)
                only = only with { Gateway = GatewayOf(attributes) };
            else if (attributes.Type == RoutingCalls.RouteWays) route = route with { NextHops = WaysOf(attributes.Value) };
            else route = WithOther(route, attributes);
        }

        route = route with { Destination = new IpPrefix(destination, header.DestinationLength) };
        if (only.DeviceIndex != NoWay) route = route with { NextHops = [only] };
        return true;
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

    private static HostRoute WithOther(HostRoute route, in NetlinkAttributes attribute) => attribute.Type switch
    {
        RoutingCalls.RouteMetric => route with { Metric = attribute.Number },
        RoutingCalls.RouteTable => route with { Table = attribute.Number },
        RoutingCalls.RouteSource => route with { Source = AddressOf(attribute.Value) },
        _ => route,
    };

    private static HostAddress WithLife(HostAddress address, ReadOnlySpan<byte> value)
    {
        if (value.Length < Unsafe.SizeOf<RoutingCalls.AddressLife>()) return address;
        var life = MemoryMarshal.Read<RoutingCalls.AddressLife>(value);
        return address with { PreferredSeconds = life.PreferredSeconds, ValidSeconds = life.ValidSeconds };
    }

    private static ImmutableArray<HostNextHop> WaysOf(ReadOnlySpan<byte> value)
    {
        ImmutableArray<HostNextHop>.Builder ways = ImmutableArray.CreateBuilder<HostNextHop>();
        int header = Unsafe.SizeOf<RoutingCalls.Way>();
        while (value.Length >= header)
        {
            var way = MemoryMarshal.Read<RoutingCalls.Way>(value);
            if (way.Length < header || way.Length > value.Length) break;
            var attributes = new NetlinkAttributes(value[header..way.Length]);
            IpAddress? gateway = null;
            while (attributes.MoveNext())
            {
                if (attributes.Type is RoutingCalls.RouteGateway or RoutingCalls.RouteVia) gateway = GatewayOf(attributes);
            }

            ways.Add(new HostNextHop(gateway, way.DeviceIndex, way.WeightLessOne + 1));
            value = value[Math.Min(value.Length, (way.Length + 3) & ~3)..];
        }

        return ways.ToImmutable();
    }

    /// <summary>A gateway of the other family stands behind its family's number (struct rtvia).</summary>
    private static IpAddress? GatewayOf(in NetlinkAttributes attribute) =>
        AddressOf(attribute.Type == RoutingCalls.RouteVia && attribute.Value.Length > 2 ? attribute.Value[2..] : attribute.Value);

    private static IpAddress? AddressOf(ReadOnlySpan<byte> value) => value.Length switch
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

    private static bool TrySplit<T>(ReadOnlySpan<byte> body, out T header, out NetlinkAttributes attributes) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        bool isLongEnough = MemoryMarshal.TryRead(body, out header);
        attributes = new NetlinkAttributes(isLongEnough ? body[size..] : default);
        return isLongEnough;
    }
}
