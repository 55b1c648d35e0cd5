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
            uint source = DatagramAddresses.Ipv4Source(frame);
            if (destination >> 16 == 0xa9fe || source >> 16 == 0xa9fe)
                return RefuseLinkLocal(frame, new Ipv4Address(source), new Ipv4Address(destination), context);
            byte hopLimit = DatagramAddresses.TimeToLive(frame);
            if (hopLimit <= 1) return RefuseHop(frame, hopLimit, model, context);
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
            Ipv6Address source = Ipv6Address.Read(frame.Datagram[8..]);
            if (destination.IsLinkLocal || source.IsLinkLocal) return RefuseLinkLocal(frame, source, destination, context);
            byte hopLimit = frame.Datagram[7];
            if (hopLimit <= 1) return RefuseHop(frame, hopLimit, model, context);
        }

        return TakeWay(frame, model.V6.Lookup(destination), destination, model, context);
    }

    /// <summary>A reply to a link-local address: its port is given, and the neighbour is the destination itself.</summary>
    private DropReason TakeLink(Frame frame, IpAddress destination, RoutingModel model, in StageContext context) =>
        Resolve(frame, new ResolvedWay(frame.Info.EgressPort, WayKind.Connected, default), destination, model, context);

    private DropReason TakeWay(Frame frame, int route, IpAddress destination, RoutingModel model, in StageContext context)
    {
        if (route == RoutingModel.NoRoute)
        {
            context.Trace?.Explain(frame, $"nothing leads to {destination}");
            return Refuse(frame, ErrorKind.NoRoute, DropReason.NoRoute, model, context);
        }

        ref readonly RouteWays ways = ref model.WaysOf(route);
        if (ways.IsBlackhole)
        {
            context.Trace?.Explain(frame, model.Routes[route].To.ToString());
            return DropReason.Blackhole;
        }

        uint hash = frame.Info.Hash;
        if (context.Trace is { } trace) trace.Explain(frame, RouteText.Of(model.Routes[route], ways.IndexFor(hash), destination, model));
        return Resolve(frame, ways.For(hash), destination, model, context);
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

    private DropReason RefuseHop(Frame frame, byte hopLimit, RoutingModel model, in StageContext context)
    {
        context.Trace?.Explain(frame, $"{hopLimit} on arrival");
        return Refuse(frame, ErrorKind.HopLimitExceeded, DropReason.HopLimit, model, context);
    }

    private static DropReason RefuseLinkLocal(Frame frame, IpAddress source, IpAddress destination, in StageContext context)
    {
        context.Trace?.Explain(frame, destination.IsLinkLocal ? $"destination {destination}" : $"source {source}");
        return DropReason.LinkLocal;
    }
}
