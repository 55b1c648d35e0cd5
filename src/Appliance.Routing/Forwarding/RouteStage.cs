using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Decides where a datagram goes: hop limit, longest match, the flow's way of several, the neighbour's MAC.</summary>
public sealed class RouteStage(RoutingModel model, ErrorReplies errors) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "route";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        ReadOnlySpan<Frame> frames = batch.Frames;
        Span<uint> destinations = stackalloc uint[FrameBatch.DefaultCapacity];
        Span<int> found = stackalloc int[FrameBatch.DefaultCapacity];
        destinations = destinations[..frames.Length];
        found = found[..frames.Length];

        // All IPv4 destinations of the batch are looked up at once, so that their memory accesses overlap.
        for (int i = 0; i < frames.Length; i++)
            destinations[i] = frames[i].Info.Network == NetworkKind.Ipv4 ? DatagramAddresses.Ipv4Destination(frames[i]) : 0;
        model.V4.LookupBatch(destinations, found);

        for (int i = 0; i < frames.Length; i++)
        {
            Frame frame = frames[i];
            if ((frame.Info.Traits & FrameTraits.LinkComplete) != FrameTraits.None) continue;
            DropReason refused = frame.Info.Network == NetworkKind.Ipv4
                ? JudgeIpv4(frame, destinations[i], found[i], model, context)
                : JudgeIpv6(frame, model, context);
            if (refused != DropReason.None) batch.Drop(frame, refused);
        }
    }

    private DropReason JudgeIpv4(Frame frame, uint destination, int route, RoutingModel model, in StageContext context)
    {
        if ((frame.Info.Traits & FrameTraits.Scoped) != FrameTraits.None)
            return TakeLink(frame, new Ipv4Address(destination), model, context);
        if ((frame.Info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            // RFC 3927 §7: a router must not forward them, from or to.
            if (destination >> 16 == 0xa9fe || DatagramAddresses.Ipv4Source(frame) >> 16 == 0xa9fe) return DropReason.LinkLocal;
            if (DatagramAddresses.TimeToLive(frame) <= 1)
                return Refuse(frame, ErrorKind.HopLimitExceeded, DropReason.HopLimit, model, context);
        }

        return TakeWay(frame, route, new Ipv4Address(destination), model, context);
    }

    private DropReason JudgeIpv6(Frame frame, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        Ipv6Address destination = Ipv6Address.Read(frame.Datagram[24..]);
        if ((info.Traits & FrameTraits.Scoped) != FrameTraits.None) return TakeLink(frame, destination, model, context);
        if ((info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            // RFC 4291 §2.5.6: a router must not forward them, from or to.
            if (destination.IsLinkLocal || Ipv6Address.Read(frame.Datagram[8..]).IsLinkLocal) return DropReason.LinkLocal;
            if (frame.Datagram[7] <= 1) return Refuse(frame, ErrorKind.HopLimitExceeded, DropReason.HopLimit, model, context);
        }

        return TakeWay(frame, model.V6.Lookup(destination), destination, model, context);
    }

    /// <summary>A reply to a link-local address: its port is given, and the neighbour is the destination itself.</summary>
    private DropReason TakeLink(Frame frame, IpAddress destination, RoutingModel model, in StageContext context) =>
        Resolve(frame, new ResolvedWay(frame.Info.EgressPort, WayKind.Connected, default), destination, model, context);

    private DropReason TakeWay(Frame frame, int route, IpAddress destination, RoutingModel model, in StageContext context)
    {
        if (route == RoutingModel.NoRoute) return Refuse(frame, ErrorKind.NoRoute, DropReason.NoRoute, model, context);
        ref readonly RouteWays ways = ref model.WaysOf(route);
        if (ways.IsBlackhole) return DropReason.Blackhole;
        ref readonly ResolvedWay way = ref ways.For(frame.Info.Hash);
        DropReason refused = Resolve(frame, way, destination, model, context);
        if (context.Trace is { } trace && refused == DropReason.None) Explain(trace, frame, model.Routes[route], way, model);
        return refused;
    }

    private DropReason Resolve(Frame frame, in ResolvedWay way, IpAddress destination, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        info.EgressPort = way.Port;
        MacAddress mac = way.Mac;
        bool known = way.Kind == WayKind.Gateway
            || (way.Kind == WayKind.Connected && model.Neighbours.TryResolve(way.Port, destination, out mac));
        if (!known) return Refuse(frame, ErrorKind.HostUnreachable, DropReason.NoNeighbour, model, context);
        info.NextHop = mac.Value;
        return DropReason.None;
    }

    private DropReason Refuse(Frame frame, ErrorKind kind, DropReason reason, RoutingModel model, in StageContext context)
    {
        errors.TryReply(frame, kind, 0, model, context);
        return reason;
    }

    private static void Explain(IPathTrace trace, Frame frame, Route route, in ResolvedWay way, RoutingModel model)
    {
        string kind = way.Kind == WayKind.Connected ? "connected" : "a gateway";
        string ways = route.Ways.Length > 1 ? $", one of {route.Ways.Length} ways" : "";
        trace.Explain(frame, $"{route.To} by {model.Ports[way.Port].Name}, {kind}{ways}, neighbour {new MacAddress(frame.Info.NextHop)}");
    }
}
