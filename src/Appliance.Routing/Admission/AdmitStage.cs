using System.Numerics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Drops datagrams that must not exist here, whatever the rules say: impossible addresses, group traffic nobody takes, source routes,
/// spoofs.
/// </summary>
public sealed class AdmitStage(RoutingModel model) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "admit";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        for (ReadOnlySpan<Frame> rest = batch.Frames; !rest.IsEmpty;)
        {
            ReadOnlySpan<Frame> some = rest[..Math.Min(rest.Length, PlainAdmission.MaxFrames)];
            for (ulong others = PlainAdmission.FindOthers(some, model); others != 0; others &= others - 1)
                Judge(some[BitOperations.TrailingZeroCount(others)], batch, model, context);
            rest = rest[some.Length..];
        }
    }

    private static void Judge(Frame frame, FrameBatch batch, RoutingModel model, in StageContext context)
    {
        DropReason refused = frame.Info.Network == NetworkKind.Ipv6 ? JudgeIpv6(frame, model) : JudgeIpv4(frame, model);
        if (refused == DropReason.None) return;
        batch.Drop(frame, refused);
        context.Trace?.Explain(frame, RefusalText.Of(frame, refused, model));
    }

    private static DropReason JudgeIpv4(Frame frame, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        var source = new Ipv4Address(DatagramAddresses.Ipv4Source(frame));
        var destination = new Ipv4Address(DatagramAddresses.Ipv4Destination(frame));
        if ((info.Traits & FrameTraits.SourceRoute) != FrameTraits.None) return DropReason.SourceRoute;
        if (source == destination) return DropReason.Land;
        if (AddressRules.IsMartianSource(source) || model.Own.UseOf(source) is AddressUse.Own or AddressUse.Broadcast)
            return HostGroups.IsLeaseQuestion(frame, model) ? DropReason.None : DropReason.Martian;
        if (AddressRules.IsMartianDestination(destination)) return DropReason.Martian;
        if (model.Own.UseOf(destination) == AddressUse.Standby) return DropReason.Standby;
        DropReason group = GroupOf(destination, model);
        if (group != DropReason.None && !HostGroups.Takes(destination, info.IngressPort, model)) return group;
        if (group == DropReason.None && (info.Traits & FrameTraits.L2Group) != FrameTraits.None) return DropReason.L2Group;
        if (model.Addresses[info.IngressPort].ReversePath == ReversePathCheck.Off) return DropReason.None;
        return IsReversePathRight(source, info.IngressPort, model) ? DropReason.None : DropReason.Spoof;
    }

    private static DropReason JudgeIpv6(Frame frame, RoutingModel model)
    {
        ref FrameInfo info = ref frame.Info;
        Span<byte> datagram = frame.Datagram;
        Ipv6Address source = Ipv6Address.Read(datagram[8..]);
        Ipv6Address destination = Ipv6Address.Read(datagram[24..]);
        if ((info.Traits & FrameTraits.SourceRoute) != FrameTraits.None) return DropReason.SourceRoute;
        if (source == destination) return DropReason.Land;
        if (AddressRules.IsMartianSource(source) || model.Own.UseOf(source, info.IngressPort) == AddressUse.Own)
            return HostGroups.IsRouterQuestion(frame, model) ? DropReason.None : DropReason.Martian;
        if (AddressRules.IsMartianDestination(destination)) return DropReason.Martian;
        if (model.Own.UseOf(destination, info.IngressPort) == AddressUse.Standby) return DropReason.Standby;
        if (destination.IsMulticast && !HostGroups.Takes(destination, info.IngressPort, model)) return DropReason.Multicast;
        if (!destination.IsMulticast && (info.Traits & FrameTraits.L2Group) != FrameTraits.None) return DropReason.L2Group;
        return IsReversePathRight(source, info.IngressPort, model) ? DropReason.None : DropReason.Spoof;
    }

    /// <summary>What refuses a datagram to a group unless a function takes it; none: it is for one station.</summary>
    private static DropReason GroupOf(Ipv4Address destination, RoutingModel model)
    {
        if (destination == Ipv4Address.LimitedBroadcast) return DropReason.Broadcast;
        if (model.Own.UseOf(destination) == AddressUse.Broadcast) return DropReason.Broadcast;
        return destination.IsMulticast ? DropReason.Multicast : DropReason.None;
    }

    /// <summary>RFC 3704 §2.2 and §2.4. A link-local source has no route: it is on the link it came from.</summary>
    private static bool IsReversePathRight(IpAddress source, int port, RoutingModel model)
    {
        ReversePathCheck check = model.Addresses[port].ReversePath;
        if (check == ReversePathCheck.Off || source.IsLinkLocal) return true;
        int route = model.Find(source);
        if (route == RoutingModel.NoRoute || model.TargetOf(route).IsEnd) return false;
        return check == ReversePathCheck.Loose || model.TargetOf(route).LeavesBy(port);
    }
}
