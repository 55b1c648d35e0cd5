using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Frames that the host sends, before they are steered: what is for its own link (groups, broadcasts, link-local addresses) leaves by the
/// port at whose end it came in, all else is routed. Neighbours are the appliance's to speak with: ARP and neighbour discovery end here,
/// but for what routers and those who ask for them say (RFC 4861 §4.1, §4.2), which is a daemon's.
/// </summary>
public sealed class HostStage(RoutingModel model) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "host";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        foreach (Frame frame in batch.Frames)
        {
            if (IsOfNeighbours(frame))
            {
                batch.End(frame, Disposition.Consume);
                continue;
            }

            if (!IsForLink(frame)) continue;
            frame.Info.EgressPort = frame.Info.IngressPort;
            frame.Info.Traits |= FrameTraits.Scoped;
        }
    }

    private static bool IsOfNeighbours(Frame frame)
    {
        if (frame.Info.Network == NetworkKind.Arp) return true;
        return (frame.Info.Traits & FrameTraits.NeighborMessage) != FrameTraits.None && !HostGroups.IsOfRouters(frame);
    }

    private bool IsForLink(Frame frame)
    {
        if (frame.Info.Network == NetworkKind.Ipv6)
        {
            Ipv6Address v6 = Ipv6Address.Read(frame.Datagram[24..]);
            return v6.IsMulticast || v6.IsLinkLocal;
        }

        var v4 = new Ipv4Address(DatagramAddresses.Ipv4Destination(frame));
        return v4.IsMulticast || v4.IsLinkLocal || v4 == Ipv4Address.LimitedBroadcast || _model.Own.UseOf(v4) == AddressUse.Broadcast;
    }
}
