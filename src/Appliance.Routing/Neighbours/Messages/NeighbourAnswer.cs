using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Routing;

/// <summary>A neighbor advertisement of an own address, and to whom it goes: the same in a replay and live.</summary>
/// <param name="Fields">What it says.</param>
/// <param name="Destination">Its IPv6 destination.</param>
/// <param name="DestinationMac">Its station, or group.</param>
internal readonly record struct NeighbourAnswer(
    NeighborAdvertisementFields Fields, Ipv6Address Destination, MacAddress DestinationMac)
{
    /// <summary>Bytes of the datagram.</summary>
    public int Length => Ipv6View.HeaderLength + Fields.Length;

    /// <summary>To who asked, or to all nodes when it has no address yet (RFC 4861 §7.2.4).</summary>
    public static NeighbourAnswer To(Ipv6Address asker, MacAddress askerMac, Ipv6Address target, MacAddress own)
    {
        bool anonymous = asker == Ipv6Address.Any;
        return new NeighbourAnswer(
            Of(target, own, isSolicited: !anonymous),
            anonymous ? Ipv6Address.AllNodes : asker, anonymous ? Ipv6Address.AllNodes.GroupMac : askerMac);
    }

    /// <summary>To everybody, unasked (RFC 4861 §7.2.6).</summary>
    public static NeighbourAnswer Unsolicited(Ipv6Address target, MacAddress own) =>
        new(Of(target, own, isSolicited: false), Ipv6Address.AllNodes, Ipv6Address.AllNodes.GroupMac);

    /// <summary>Writes <see cref="Length"/> bytes of datagram, from its target.</summary>
    public void WriteTo(Span<byte> datagram)
    {
        Fields.WriteTo(NdpDatagram.WriteHeader(datagram, Fields.Target, Destination));
        NdpDatagram.WriteChecksum(datagram);
    }

    private static NeighborAdvertisementFields Of(Ipv6Address target, MacAddress own, bool isSolicited) =>
        new(target, IsRouter: true, isSolicited, IsOverride: true, TargetLinkLayerAddress: own);
}
