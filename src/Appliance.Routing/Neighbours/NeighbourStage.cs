using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Takes ARP and neighbour discovery off the path: answers for own addresses, learns nothing; and what is for failover, where the port
/// has a part in it. It stands before admission, since neighbours speak with addresses (unspecified, link-local, groups) that nobody else
/// may use. Live they have a way in of their own: the control side answers (<see cref="NeighbourControl"/>), and what comes by this one is
/// taken in silence. What routers say goes on to the host, where that has an end of the port.
/// </summary>
/// <param name="model">Whose addresses are answered for.</param>
/// <param name="isAnswering">Off live.</param>
public sealed class NeighbourStage(RoutingModel model, bool isAnswering = true) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "neighbour";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        foreach (Frame frame in batch.Frames)
        {
            ref FrameInfo info = ref frame.Info;
            bool isArp = info.Network == NetworkKind.Arp;
            if (!isArp && (info.Traits & (FrameTraits.NeighborMessage | FrameTraits.Failover)) == FrameTraits.None) continue;
            if (!isArp && !IsForUs(frame, model)) continue;
            DropReason refused = !isAnswering || (info.Traits & FrameTraits.Failover) != FrameTraits.None ? DropReason.None
                : isArp ? ArpResponder.Receive(frame, model, context) : NdpResponder.Receive(frame, model, context);
            End(frame, refused, batch);
        }
    }

    /// <summary>
    /// To a group or an own address, from an address that a neighbour may have, and not in fragments (RFC 6980 §5). Between other hosts
    /// it is a datagram like any other, as is for the host what routers say, and an advert where nobody hears one.
    /// </summary>
    private static bool IsForUs(Frame frame, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        PortAddresses port = model.Addresses[info.IngressPort];
        if ((info.Traits & (FrameTraits.Fragment | FrameTraits.SourceRoute)) != FrameTraits.None) return false;
        if ((info.Traits & FrameTraits.Failover) != FrameTraits.None) return port.SpeaksFailover && IsToUs(frame, model);
        if (port.HasHost && HostGroups.IsOfRouters(frame)) return false;
        Ipv6Address source = Ipv6Address.Read(frame.Datagram[8..]);
        bool possible = source == Ipv6Address.Any || !AddressRules.IsMartianSource(source);
        return possible && IsToUs(frame, model);
    }

    private static bool IsToUs(Frame frame, RoutingModel model)
    {
        if (frame.Info.Network == NetworkKind.Ipv4)
        {
            var v4 = new Ipv4Address(DatagramAddresses.Ipv4Destination(frame));
            return v4.IsMulticast || model.Own.UseOf(v4) == AddressUse.Own;
        }

        Ipv6Address destination = Ipv6Address.Read(frame.Datagram[24..]);
        return destination.IsMulticast || model.Own.UseOf(destination, frame.Info.IngressPort) == AddressUse.Own;
    }

    private static void End(Frame frame, DropReason refused, FrameBatch batch)
    {
        if (refused == DropReason.None) batch.End(frame, Disposition.Consume);
        else batch.Drop(frame, refused);
    }
}
