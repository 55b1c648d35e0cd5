using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Routing;

/// <summary>
/// Judges neighbour discovery and answers solicitations (RFC 4861 §7.2.4) for the addresses of the port they came in by. In a replay
/// frames ask it; live the control side does the same (<see cref="NdpReader"/>).
/// </summary>
internal static class NdpResponder
{
    /// <summary>None: the message was taken. A reply may be on its way.</summary>
    public static DropReason Receive(Frame frame, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        Span<byte> datagram = frame.Datagram;
        Span<byte> message = frame.Transport;
        Ipv6Address source = Ipv6Address.Read(datagram[8..]), destination = Ipv6Address.Read(datagram[24..]);
        if (MacAddress.Read(frame.Bytes[MacAddress.Length..]).IsGroup)                              // no station: IEEE 802.3 §3.2.3
        {
            context.Trace?.Explain(frame, "its source MAC is a group's");
            return DropReason.Spoof;
        }

        NdpVerdict verdict = NdpValidity.Judge(source, destination, datagram[7], message);
        if (verdict != NdpVerdict.Valid)
        {
            context.Trace?.Explain(frame, NdpRuleText.Of(verdict));
            return ReasonOf(verdict);
        }

        context.Counters.ChecksumsVerified++;
        if (!TransportChecksum.IsRight(frame))
        {
            context.Counters.ChecksumsBad++;
            return DropReason.BadL4Checksum;
        }

        if (NeighborSolicitationView.TryParse(message, out NeighborSolicitationView solicitation))
            Answer(frame, solicitation.Target, source, model, context);
        else
            context.Trace?.Explain(frame, "taken; nothing is learned from it");
        return DropReason.None;
    }

    private static DropReason ReasonOf(NdpVerdict verdict) => verdict switch
    {
        NdpVerdict.TooShort or NdpVerdict.Option => DropReason.Short,
        _ => DropReason.Spoof,                                          // it says what no neighbour may say
    };

    private static void Answer(Frame request, Ipv6Address target, Ipv6Address asker, RoutingModel model, in StageContext context)
    {
        int port = request.Info.IngressPort;
        bool isAsked = model.IsOwnAt(target, port) && model.Own.UseOf(asker, port) != AddressUse.Own;
        if (isAsked) Advertise(request, target, asker, model.MacOf(target, port), context);
        context.Trace?.Explain(request, isAsked ? $"who has {target}: answered" : $"solicitation for {target}: nothing to say");
    }

    private static void Advertise(Frame request, Ipv6Address target, Ipv6Address asker, MacAddress own, in StageContext context)
    {
        NeighbourAnswer answer = NeighbourAnswer.To(asker, MacAddress.Read(request.Bytes[MacAddress.Length..]), target, own);
        if (!GeneratedDatagram.TryBegin(request, answer.Length, context, out Frame reply)) return;
        answer.WriteTo(reply.Datagram);
        reply.Info.Protocol = IpProtocol.Icmpv6;
        reply.Info.TransportOffset = reply.Info.NetworkOffset + Ipv6View.HeaderLength;
        new EthernetFields(answer.DestinationMac, own, EtherType.Ipv6).WriteTo(reply.Bytes);
        context.Counters.ChecksumsComputed++;
        GeneratedDatagram.SubmitToLink(reply, context);
    }
}
