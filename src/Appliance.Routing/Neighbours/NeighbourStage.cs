using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Takes ARP and neighbour discovery off the path: answers for own addresses, learns nothing. It stands before admission, since
/// neighbours speak with addresses (unspecified, link-local, groups) that nobody else may use. Live they have a way in of their own: the
/// control side answers (<see cref="NeighbourControl"/>), and what comes by this one is taken in silence. What routers say goes on to the
/// host, where that has an end of the port.
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
            if (!isArp && ((info.Traits & FrameTraits.NeighborMessage) == FrameTraits.None || !IsForUs(frame, model))) continue;
            DropReason refused = !isAnswering ? DropReason.None
                : isArp ? ArpResponder.Receive(frame, model, context) : NdpResponder.Receive(frame, model, context);
            End(frame, refused, batch);
        }
    }

    /// <summary>
    /// To a group or an own address, from an address that a neighbour may have, and not in fragments (RFC 6980 §5). Between other hosts
    /// it is a datagram like any other, as is for the host what routers say.
    /// </summary>
    private static bool IsForUs(Frame frame, RoutingModel model)
    {
        if ((frame.Info.Traits & (FrameTraits.Fragment | FrameTraits.SourceRoute)) != FrameTraits.None) return false;
        if (model.Addresses[frame.Info.IngressPort].HasHost && HostGroups.IsOfRouters(frame)) return false;
        Ipv6Address source = Ipv6Address.Read(frame.Datagram[8..]);
        Ipv6Address destination = Ipv6Address.Read(frame.Datagram[24..]);
        bool possible = source == Ipv6Address.Any || !AddressRules.IsMartianSource(source);
        return possible && (destination.IsMulticast || model.Own.UseOf(destination, frame.Info.IngressPort) == AddressUse.Own);
    }

    private static void End(Frame frame, DropReason refused, FrameBatch batch)
    {
        if (refused == DropReason.None) batch.End(frame, Disposition.Consume);
        else batch.Drop(frame, refused);
    }
}
