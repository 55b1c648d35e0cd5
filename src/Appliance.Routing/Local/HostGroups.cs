using Appliance.Engine;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// What is sent to all on a link, or to a group there, and is the host's to hear: daemons (OSPF, RIP, DHCP, router advertisements) live by
/// it. Groups beyond the link, which somebody would have to join, are nobody's.
/// </summary>
internal static class HostGroups
{
    private const ushort LeaseServer = 67, LeaseClient = 68;            // RFC 2131 §4.1

    /// <summary>A broadcast of the port's own networks, or a group of 224.0.0.0/24 (RFC 5771 §4).</summary>
    public static bool Takes(Ipv4Address destination, int port, RoutingModel model)
    {
        if (!model.Addresses[port].HasHost) return false;
        return destination.Value >> 8 == 0xe0_0000 || destination == Ipv4Address.LimitedBroadcast
            || model.Own.IsBroadcastAt(destination, port);
    }

    /// <summary>A group of the link's scope (RFC 4291 §2.7).</summary>
    public static bool Takes(Ipv6Address destination, int port, RoutingModel model) =>
        model.Addresses[port].HasHost && (byte)(destination.Value >> 112) is var scope && (scope & 0x0f) == 2;

    /// <summary>
    /// What routers say of their link, and what asks them (RFC 4861 §4.1, §4.2): a daemon's, as far as the ruleset lets it in.
    /// </summary>
    public static bool IsOfRouters(Frame frame) =>
        (frame.Info.Traits & FrameTraits.NeighborMessage) != FrameTraits.None
        && (Icmpv6Type)frame.Transport[0] is Icmpv6Type.RouterSolicitation or Icmpv6Type.RouterAdvertisement;

    /// <summary>A station without an address asks for routers: RFC 4861 §4.1.</summary>
    public static bool IsRouterQuestion(Frame frame, RoutingModel model) =>
        IsOfRouters(frame) && model.Addresses[frame.Info.IngressPort].HasHost
        && (Icmpv6Type)frame.Transport[0] == Icmpv6Type.RouterSolicitation
        && Ipv6Address.Read(frame.Datagram[8..]) == Ipv6Address.Any
        && Takes(Ipv6Address.Read(frame.Datagram[24..]), frame.Info.IngressPort, model);

    /// <summary>A client without an address asks for one: the only datagram that may come from 0.0.0.0.</summary>
    public static bool IsLeaseQuestion(Frame frame, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        return model.Addresses[info.IngressPort].HasHost
            && info is { Protocol: IpProtocol.Udp, SourcePort: LeaseClient, DestinationPort: LeaseServer }
            && DatagramAddresses.Ipv4Source(frame) == 0
            && new Ipv4Address(DatagramAddresses.Ipv4Destination(frame)) == Ipv4Address.LimitedBroadcast;
    }

    /// <summary>
    /// The answer to the host's own question, where it has no address yet: it comes to the address that is offered (RFC 2131 §4.1).
    /// </summary>
    public static bool IsLeaseAnswer(Frame frame, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        return info is { Network: NetworkKind.Ipv4, Protocol: IpProtocol.Udp, SourcePort: LeaseServer, DestinationPort: LeaseClient }
            && model.Addresses[info.IngressPort].AwaitsLease;
    }
}
