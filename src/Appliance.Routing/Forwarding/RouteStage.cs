using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Decides where a datagram goes: hop limit, longest match, the flow's way of several, the neighbour's MAC.</summary>
/// <param name="waiting">Where neighbours are resolved while frames flow; null: who is not configured is unknown, or made up.</param>
public sealed class RouteStage(RoutingModel model, ErrorReplies errors, IFlowWays given, NeighbourWaiting? waiting = null)
    : IStageOf<RoutingModel>, IUnreachableReplies, IFlowRouter
{
    private readonly NeighbourQueue? _waiting = waiting?.Queue;
    private RoutingModel _model = model;

    public string Name => "route";

    public void Adopt(RoutingModel model) => _model = model;

    void IUnreachableReplies.TryReply(Frame cause, byte icmpCode, byte icmpv6Code, in StageContext context) =>
        errors.TryReply(cause, ErrorKind.Refused, 0, _model, context, (icmpCode, icmpv6Code));

    bool IFlowRouter.TryTake(Frame frame, ushort way)
    {
        IpAddress destination = frame.Info.Network == NetworkKind.Ipv4
            ? new Ipv4Address(DatagramAddresses.Ipv4Destination(frame))
            : Ipv6Address.Read(frame.Datagram[24..]);
        return TakeGiven(frame, way, destination, _model).Reason == DropReason.None;
    }

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        for (int from = 0; from < batch.Count;)
            from = JudgeFrom(from, batch, model, context);
    }

    /// <summary>
    /// Judges the frames from an index on. Answers where to go on: behind the last, or at a train that had to be taken apart, because
    /// each of its frames may be answered.
    /// </summary>
    private int JudgeFrom(int from, FrameBatch batch, RoutingModel model, in StageContext context)
    {
        ReadOnlySpan<Frame> frames = batch.Frames[from..];
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
            Refusal refusal = frame.Info.Network == NetworkKind.Ipv4
                ? JudgeIpv4(frame, destinations[i], found[i], model, context)
                : JudgeIpv6(frame, model, context);
            if (refusal.Reason == DropReason.None) continue;
            if (refusal.IsAnswered && frame.IsTrain)
            {
                batch.Uncouple(from + i);
                return from + i;
            }

            if (refusal.IsAnswered) errors.TryReply(frame, refusal.Answer, 0, model, context);
            batch.Drop(frame, refusal.Reason);
        }

        return batch.Count;
    }

    private Refusal JudgeIpv4(Frame frame, uint destination, int route, RoutingModel model, in StageContext context)
    {
        if ((frame.Info.Traits & FrameTraits.Scoped) != FrameTraits.None)
            return TakeLink(frame, new Ipv4Address(destination), model);
        if ((frame.Info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            // RFC 3927 §7: a router must not forward them, from or to.
            uint source = DatagramAddresses.Ipv4Source(frame);
            if (destination >> 16 == 0xa9fe || source >> 16 == 0xa9fe)
                return RefuseLinkLocal(frame, new Ipv4Address(source), new Ipv4Address(destination), context);
            byte hopLimit = DatagramAddresses.TimeToLive(frame);
            if (hopLimit <= 1) return RefuseHop(frame, hopLimit, context);
        }

        if (frame.Info.Way != 0) return TakeGiven(frame, frame.Info.Way, new Ipv4Address(destination), model);
        return TakeWay(frame, route, new Ipv4Address(destination), model, context);
    }

    private Refusal JudgeIpv6(Frame frame, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        Ipv6Address destination = Ipv6Address.Read(frame.Datagram[24..]);
        if ((info.Traits & FrameTraits.Scoped) != FrameTraits.None) return TakeLink(frame, destination, model);
        if ((info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            // RFC 4291 §2.5.6: a router must not forward them, from or to.
            Ipv6Address source = Ipv6Address.Read(frame.Datagram[8..]);
            if (destination.IsLinkLocal || source.IsLinkLocal) return RefuseLinkLocal(frame, source, destination, context);
            byte hopLimit = frame.Datagram[7];
            if (hopLimit <= 1) return RefuseHop(frame, hopLimit, context);
        }

        if (info.Way != 0) return TakeGiven(frame, info.Way, destination, model);
        return TakeWay(frame, model.V6.Lookup(destination), destination, model, context);
    }

    /// <summary>
    /// A reply to a link-local address, or what the host says on a link: its port is given, and the neighbour is the destination itself,
    /// be it a group.
    /// </summary>
    private Refusal TakeLink(Frame frame, IpAddress destination, RoutingModel model)
    {
        WayKind kind = GroupMac.TryFind(destination, out MacAddress group) ? WayKind.Gateway : WayKind.Connected;
        return Resolve(frame, new ResolvedWay(frame.Info.EgressPort, kind, group), destination, model);
    }

    /// <summary>A rule has said where to: the routes are not asked.</summary>
    private Refusal TakeGiven(Frame frame, ushort way, IpAddress destination, RoutingModel model)
    {
        ushort port = given.Find(way, out UInt128 nextHop);
        IpAddress neighbour = nextHop == 0 ? destination : destination.IsV6 ? new Ipv6Address(nextHop) : new Ipv4Address((uint)nextHop);
        return Resolve(frame, new ResolvedWay(port, WayKind.Connected, default), neighbour, model);
    }

    private Refusal TakeWay(Frame frame, int route, IpAddress destination, RoutingModel model, in StageContext context)
    {
        if (route == RoutingModel.NoRoute)
        {
            context.Trace?.Explain(frame, $"nothing leads to {destination}");
            return new Refusal(DropReason.NoRoute, ErrorKind.NoRoute);
        }

        ref readonly RouteWays ways = ref model.WaysOf(route);
        if (ways.IsEnd) return RefuseEnd(frame, model.TargetOf(route), destination, model, context);
        uint hash = frame.Info.Hash;
        if (context.Trace is { } trace) trace.Explain(frame, RouteText.Of(model.TargetOf(route), ways.IndexFor(hash), destination, model));
        ref readonly ResolvedWay way = ref ways.For(hash);
        IpAddress neighbour = way.Kind != WayKind.Unresolved ? destination : model.TargetOf(route).Ways[ways.IndexFor(hash)].Gateway!.Value;
        return Resolve(frame, way, neighbour, model);
    }

    /// <param name="neighbour">Unless the way has a MAC address already.</param>
    private Refusal Resolve(Frame frame, in ResolvedWay way, IpAddress neighbour, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        info.EgressPort = way.Port;
        info.Traits &= ~FrameTraits.Seeking;
        MacAddress mac = way.Mac;
        bool known = way.Kind == WayKind.Gateway
            || (way.Kind == WayKind.Connected && model.Neighbours.TryResolve(way.Port, neighbour, out mac));
        if (known) info.NextHop = mac.Value;
        else if (_waiting is null || !_waiting.TrySeek(frame, way.Port, neighbour))
            return new Refusal(DropReason.NoNeighbour, ErrorKind.HostUnreachable);
        return default;
    }

    /// <summary>A route that ends here, with the answers of Linux for each kind (net/ipv4/fib_semantics.c, net/ipv6/route.c).</summary>
    private static Refusal RefuseEnd(Frame frame, RouteTarget end, IpAddress destination, RoutingModel model, in StageContext context)
    {
        context.Trace?.Explain(frame, RouteText.OfEnd(end, destination, model));
        return end.Kind switch
        {
            TargetKind.Unreachable => new Refusal(DropReason.NoRoute, destination.IsV6 ? ErrorKind.NoRoute : ErrorKind.HostUnreachable),
            TargetKind.Prohibit => new Refusal(DropReason.Prohibited, ErrorKind.Prohibited),
            _ => new Refusal(DropReason.Blackhole),
        };
    }

    private static Refusal RefuseHop(Frame frame, byte hopLimit, in StageContext context)
    {
        context.Trace?.Explain(frame, $"{hopLimit} on arrival");
        return new Refusal(DropReason.HopLimit, ErrorKind.HopLimitExceeded);
    }

    private static Refusal RefuseLinkLocal(Frame frame, IpAddress source, IpAddress destination, in StageContext context)
    {
        context.Trace?.Explain(frame, destination.IsLinkLocal ? $"destination {destination}" : $"source {source}");
        return new Refusal(DropReason.LinkLocal);
    }

    /// <summary>Why a datagram goes no further, and what its sender is told about it, if anything.</summary>
    private readonly struct Refusal
    {
        public Refusal(DropReason reason) => Reason = reason;

        public Refusal(DropReason reason, ErrorKind answer) => (Reason, Answer, IsAnswered) = (reason, answer, true);

        public DropReason Reason { get; }

        public ErrorKind Answer { get; }

        public bool IsAnswered { get; }
    }
}
