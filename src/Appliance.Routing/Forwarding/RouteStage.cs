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
        Span<int> found = stackalloc int[FrameBatch.DefaultCapacity];
        found = found[..batch.Count];
        FindIpv4(batch, model, found);
        for (int i = 0; i < found.Length; i++)
        {
            Frame frame = batch.Frames[i];
            if ((frame.Info.Traits & FrameTraits.LinkComplete) != FrameTraits.None) continue;
            DropReason refused = Judge(frame, found[i], model, context);
            if (refused != DropReason.None) batch.Drop(frame, refused);
        }
    }

    /// <summary>Looks all IPv4 destinations of the batch up at once, so that their memory accesses overlap.</summary>
    private static void FindIpv4(FrameBatch batch, RoutingModel model, Span<int> found)
    {
        Span<uint> destinations = stackalloc uint[FrameBatch.DefaultCapacity];
        destinations = destinations[..batch.Count];
        for (int i = 0; i < destinations.Length; i++)
        {
            Frame frame = batch.Frames[i];
            destinations[i] = frame.Info.Network == NetworkKind.Ipv4 ? Ipv4Address.Read(frame.Datagram[16..]).Value : 0;
        }

        model.V4.LookupBatch(destinations, found);
    }

    private DropReason Judge(Frame frame, int foundIpv4, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        bool v6 = info.Network == NetworkKind.Ipv6;
        IpAddress destination = v6 ? Ipv6Address.Read(frame.Datagram[24..]) : Ipv4Address.Read(frame.Datagram[16..]);
        if ((info.Traits & FrameTraits.Scoped) != FrameTraits.None)
            return Resolve(ref info, new NextHop(info.EgressPort, null), destination, model, context, frame);

        if ((info.Traits & FrameTraits.Generated) == FrameTraits.None)
        {
            if (IsLinkLocal(frame, destination, v6)) return DropReason.LinkLocal;
            if (frame.Datagram[v6 ? 7 : 8] <= 1)
            {
                errors.TryReply(frame, ErrorKind.HopLimitExceeded, 0, model, context);
                return DropReason.HopLimit;
            }
        }

        int index = v6 ? model.V6.Lookup(destination.V6) : foundIpv4;
        if (index == RoutingModel.NoRoute)
        {
            errors.TryReply(frame, ErrorKind.NoRoute, 0, model, context);
            return DropReason.NoRoute;
        }

        Route route = model.Routes[index];
        if (route.IsBlackhole) return DropReason.Blackhole;
        NextHop way = route.WayFor(info.Hash);
        DropReason refused = Resolve(ref info, way, destination, model, context, frame);
        if (refused == DropReason.None) Explain(context.Trace, frame, route, way, model);
        return refused;
    }

    /// <summary>RFC 3927 §7 and RFC 4291 §2.5.6: a router must not forward them, from or to.</summary>
    private static bool IsLinkLocal(Frame frame, IpAddress destination, bool v6) =>
        destination.IsLinkLocal || (v6 ? Ipv6Address.Read(frame.Datagram[8..]).IsLinkLocal : Ipv4Address.Read(frame.Datagram[12..]).IsLinkLocal);

    private DropReason Resolve(
        ref FrameInfo info, NextHop way, IpAddress destination, RoutingModel model, in StageContext context, Frame frame)
    {
        info.EgressPort = (ushort)way.Port;
        if (!model.Neighbours.TryResolve(way.Port, way.Gateway ?? destination, out MacAddress mac))
        {
            errors.TryReply(frame, ErrorKind.HostUnreachable, 0, model, context);
            return DropReason.NoNeighbour;
        }

        info.NextHop = mac.Value;
        return DropReason.None;
    }

    private static void Explain(IPathTrace? trace, Frame frame, Route route, NextHop way, RoutingModel model) =>
        trace?.Explain(frame, $"{route.To} by {model.Ports[way.Port].Name}" +
            $"{(way.Gateway is { } gateway ? $" via {gateway}" : ", connected")}, neighbour {new MacAddress(frame.Info.NextHop)}");
}
