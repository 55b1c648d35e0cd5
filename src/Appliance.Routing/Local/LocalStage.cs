using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Takes what is addressed to the appliance itself: answers echo requests, and gives the rest to the host, with what is for its daemons;
/// where the host has no end of the port it ends here.
/// </summary>
public sealed class LocalStage(RoutingModel model, HostDelivery host) : IStageOf<RoutingModel>
{
    private RoutingModel _model = model;

    public string Name => "local";

    public void Adopt(RoutingModel model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        RoutingModel model = _model;
        for (int i = 0; i < batch.Count; i++)                           // grows where a train is taken apart
        {
            Frame frame = batch.Frames[i];
            bool isOwn = frame.Info.Network == NetworkKind.Ipv6
                ? IsForUsIpv6(frame, model, out bool isToGroup, out AddressUse use)
                : IsForUsIpv4(frame, model, out isToGroup, out use);
            if (use == AddressUse.Lingering)
            {
                batch.Drop(frame, DropReason.Standby);                  // no state led it anywhere else
                context.Trace?.Explain(frame, RefusalText.Of(frame, DropReason.Standby, model));
                continue;
            }

            if (!isOwn && !(model.AwaitsLeases && HostGroups.IsLeaseAnswer(frame, model))) continue;
            if (!isToGroup && TryAnswer(frame, batch, context)) continue;
            if (!model.Addresses[frame.Info.IngressPort].HasHost)
            {
                batch.End(frame, Disposition.Consume);
                if (context.Trace is { } trace) trace.Explain(frame, $"for the appliance itself, {OwnOf(frame)}, where no service answers");
                continue;
            }

            if (frame.IsTrain) batch.Uncouple(i);
            host.Deliver(frame, isToGroup, batch, model, context);
            context.Trace?.Explain(frame, "for the host");
        }
    }

    /// <summary>A broadcast or a group that is here has been admitted for the host.</summary>
    private static bool IsForUsIpv4(Frame frame, RoutingModel model, out bool isToGroup, out AddressUse use)
    {
        var destination = new Ipv4Address(DatagramAddresses.Ipv4Destination(frame));
        use = model.Own.UseOf(destination);
        isToGroup = use == AddressUse.Broadcast || destination.Value >= 0xe000_0000;
        return isToGroup || use == AddressUse.Own;
    }

    private static bool IsForUsIpv6(Frame frame, RoutingModel model, out bool isToGroup, out AddressUse use)
    {
        Ipv6Address destination = Ipv6Address.Read(frame.Datagram[24..]);
        isToGroup = destination.IsMulticast;
        use = isToGroup ? AddressUse.None : model.Own.UseOf(destination, frame.Info.IngressPort);
        return isToGroup || use == AddressUse.Own;
    }

    private static IpAddress OwnOf(Frame frame) => frame.Info.Network == NetworkKind.Ipv6
        ? Ipv6Address.Read(frame.Datagram[24..])
        : new Ipv4Address(DatagramAddresses.Ipv4Destination(frame));

    /// <summary>An echo request that came whole; what comes in fragments the host may answer.</summary>
    private static bool TryAnswer(Frame frame, FrameBatch batch, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        bool mayAnswer = (info.Traits & FrameTraits.Fragment) == FrameTraits.None;
        Span<byte> message = frame.Transport;
        bool v6 = info.Network == NetworkKind.Ipv6;
        bool isEcho = mayAnswer && message.Length >= IcmpView.HeaderLength && (v6
            ? info.Protocol == IpProtocol.Icmpv6 && message[0] == (byte)Icmpv6Type.EchoRequest
            : info.Protocol == IpProtocol.Icmp && message[0] == (byte)IcmpType.EchoRequest);
        if (!isEcho) return false;
        context.Counters.ChecksumsVerified++;
        if (!TransportChecksum.IsRight(frame))
        {
            context.Counters.ChecksumsBad++;
            batch.Drop(frame, DropReason.BadL4Checksum);
            return true;
        }

        if (v6) AnswerIpv6(frame, message, context);
        else AnswerIpv4(frame, message, context);
        batch.End(frame, Disposition.Consume);
        context.Trace?.Explain(frame, "echo request to an own address, answered");
        return true;
    }

    /// <summary>RFC 1122 §3.2.2.6: same data, same service, from the address that was asked.</summary>
    private static void AnswerIpv4(Frame request, Span<byte> message, in StageContext context)
    {
        if (!GeneratedDatagram.TryBegin(request, Ipv4View.MinHeaderLength + message.Length, context, out Frame reply)) return;
        Span<byte> asked = request.Datagram;
        Ipv4Address source = Ipv4Address.Read(asked[16..]), destination = Ipv4Address.Read(asked[12..]);
        Span<byte> answer = GeneratedDatagram.WriteIpv4Header(
            reply.Datagram, source, destination, IpProtocol.Icmp,
            dontFragment: false, service: asked[1], id: BinaryPrimitives.ReadUInt16BigEndian(asked[4..]));
        message.CopyTo(answer);
        new IcmpFields(IcmpType.EchoReply, 0, BinaryPrimitives.ReadUInt32BigEndian(message[4..])).WriteTo(answer);
        Submit(reply, IpProtocol.Icmp, Ipv4View.MinHeaderLength, request, context);
    }

    /// <summary>RFC 4443 §4.2.</summary>
    private static void AnswerIpv6(Frame request, Span<byte> message, in StageContext context)
    {
        if (!GeneratedDatagram.TryBegin(request, Ipv6View.HeaderLength + message.Length, context, out Frame reply)) return;
        Ipv6Address source = Ipv6Address.Read(request.Datagram[24..]), destination = Ipv6Address.Read(request.Datagram[8..]);
        byte trafficClass = (byte)(BinaryPrimitives.ReadUInt16BigEndian(request.Datagram) >> 4);
        Span<byte> answer = GeneratedDatagram.WriteIpv6Header(
            reply.Datagram, source, destination, IpProtocol.Icmpv6, GeneratedDatagram.HopLimit, trafficClass);
        message.CopyTo(answer);
        new Icmpv6Fields(Icmpv6Type.EchoReply, 0, BinaryPrimitives.ReadUInt32BigEndian(message[4..])).WriteTo(answer);
        Submit(reply, IpProtocol.Icmpv6, Ipv6View.HeaderLength, request, context);
    }

    private static void Submit(Frame reply, IpProtocol protocol, int header, Frame request, in StageContext context)
    {
        ref FrameInfo info = ref reply.Info;
        info.Protocol = protocol;
        info.TransportOffset = info.NetworkOffset + header;
        info.SourcePort = info.DestinationPort = request.Info.SourcePort;
        info.Traits |= FrameTraits.Ports;
        TransportChecksum.Write(reply);
        context.Counters.ChecksumsComputed++;
        GeneratedDatagram.Submit(reply, context);
    }
}
