using System.Buffers.Binary;
using System.Collections.Immutable;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// What takes the way of control traffic, tagged or not: these link and IP protocols, and mostly neighbour discovery (ICMPv6 135 to 137
/// directly behind the IPv6 header; RFC 6980 forbids fragments, and extension headers stand there only in attacks). With it the control
/// side hears, beside the data path, what routers say and ask (133, 134), IGMP, and questions about groups (MLD).
/// </summary>
/// <param name="EtherTypes">At most 16.</param>
/// <param name="Protocols">Of IPv4 and of IPv6, directly behind the header; at most 16.</param>
public sealed record ControlTraffic(ImmutableArray<EtherType> EtherTypes, ImmutableArray<IpProtocol> Protocols)
{
    /// <summary>ARP, neighbour discovery, CARP and VRRP.</summary>
    public static readonly ControlTraffic Default = new([EtherType.Arp], [IpProtocol.Carp]);

    /// <summary>That of it which is about neighbours.</summary>
    public static readonly ControlTraffic Neighbours = new([EtherType.Arp], []);

    /// <summary>And that which is about failover.</summary>
    public static readonly ControlTraffic Failover = new([], [IpProtocol.Carp]) { HasDiscovery = false };

    /// <summary>Whether neighbour discovery is of it, and what is heard with it.</summary>
    public bool HasDiscovery { get; init; } = true;

    /// <summary>ICMPv6 types (RFC 4861 §4): of routers, which both ways take, and of neighbours.</summary>
    internal const byte FirstOfRouters = 133, FirstOfNeighbours = 135, LastDiscovery = 137;

    /// <summary>
    /// Where a question about groups says so (RFC 9777 §5): behind a hop-by-hop header of one unit with the router alert.
    /// </summary>
    internal const int InnerProtocolAt = Ipv6View.HeaderLength, GroupQueryAt = Ipv6View.HeaderLength + 8;

    private const int MaxTags = 4;
    private const int TypeOffset = 2 * MacAddress.Length;

    /// <summary>The same as the filters of <see cref="ControlFilter"/> judge, for frames that no filter has seen.</summary>
    public TrafficWay WayOf(ReadOnlySpan<byte> frame)
    {
        for (int tags = 0, at = TypeOffset; tags <= MaxTags && at + sizeof(ushort) <= frame.Length; tags++, at += VlanTagView.HeaderLength)
        {
            var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
            if (type is not (EtherType.Vlan or EtherType.ServiceVlan)) return WayOf(type, frame[(at + sizeof(ushort))..]);
        }

        return TrafficWay.Data;
    }

    private TrafficWay WayOf(EtherType type, ReadOnlySpan<byte> datagram)
    {
        foreach (EtherType own in EtherTypes)
        {
            if (type == own) return TrafficWay.Control;
        }

        if (type == EtherType.Ipv4 && datagram.Length >= Ipv4View.MinHeaderLength)
        {
            if (Has((IpProtocol)datagram[9])) return TrafficWay.Control;
            return HasDiscovery && datagram[9] == (byte)IpProtocol.Igmp ? TrafficWay.Both : TrafficWay.Data;
        }

        if (type != EtherType.Ipv6 || datagram.Length <= Ipv6View.HeaderLength) return TrafficWay.Data;
        if (Has((IpProtocol)datagram[6])) return TrafficWay.Control;
        return HasDiscovery ? WayOfDiscovery(datagram) : TrafficWay.Data;
    }

    private static TrafficWay WayOfDiscovery(ReadOnlySpan<byte> datagram) => (IpProtocol)datagram[6] switch
    {
        IpProtocol.Icmpv6 when datagram[Ipv6View.HeaderLength] is >= FirstOfNeighbours and <= LastDiscovery => TrafficWay.Control,
        IpProtocol.Icmpv6 when datagram[Ipv6View.HeaderLength] is >= FirstOfRouters and < FirstOfNeighbours => TrafficWay.Both,
        IpProtocol.HopByHop when datagram.Length > GroupQueryAt
            && datagram[InnerProtocolAt] == (byte)IpProtocol.Icmpv6
            && datagram[GroupQueryAt] == (byte)Icmpv6Type.MulticastListenerQuery => TrafficWay.Both,
        _ => TrafficWay.Data,
    };

    private bool Has(IpProtocol protocol)
    {
        foreach (IpProtocol own in Protocols)
        {
            if (protocol == own) return true;
        }

        return false;
    }
}
