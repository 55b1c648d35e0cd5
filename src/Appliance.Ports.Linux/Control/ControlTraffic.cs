using System.Buffers.Binary;
using System.Collections.Immutable;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// What takes the way of control traffic, tagged or not: these link and IP protocols, and mostly neighbour discovery (ICMPv6 133 to 137
/// directly behind the IPv6 header; RFC 6980 forbids fragments, and extension headers stand there only in attacks).
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

    /// <summary>Whether neighbour discovery is of it.</summary>
    public bool HasDiscovery { get; init; } = true;

    private const int MaxTags = 4;
    private const int TypeOffset = 2 * MacAddress.Length;
    private const byte FirstDiscovery = 133, LastDiscovery = 137;       // RFC 4861 §4

    /// <summary>The same as the filters of <see cref="ControlFilter"/> judge, for frames that no filter has seen.</summary>
    public bool Has(ReadOnlySpan<byte> frame)
    {
        for (int tags = 0, at = TypeOffset; tags <= MaxTags && at + sizeof(ushort) <= frame.Length; tags++, at += VlanTagView.HeaderLength)
        {
            var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
            if (type is not (EtherType.Vlan or EtherType.ServiceVlan)) return Has(type, frame[(at + sizeof(ushort))..]);
        }

        return false;
    }

    private bool Has(EtherType type, ReadOnlySpan<byte> datagram)
    {
        foreach (EtherType own in EtherTypes)
        {
            if (type == own) return true;
        }

        if (type == EtherType.Ipv4) return datagram.Length >= Ipv4View.MinHeaderLength && Has((IpProtocol)datagram[9]);
        if (type != EtherType.Ipv6 || datagram.Length <= Ipv6View.HeaderLength) return false;
        var protocol = (IpProtocol)datagram[6];
        return Has(protocol)
            || (HasDiscovery && protocol == IpProtocol.Icmpv6 && datagram[Ipv6View.HeaderLength] is >= FirstDiscovery and <= LastDiscovery);
    }

    private bool Has(IpProtocol protocol)
    {
        foreach (IpProtocol own in Protocols)
        {
            if (protocol == own) return true;
        }

        return false;
    }
}
