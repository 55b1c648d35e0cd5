using Appliance.Engine;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// Answers ARP requests (RFC 826) and probes (RFC 5227) for the addresses of the port they came in by. In a replay frames ask it; live
/// the control side does (<see cref="ArpReader"/>).
/// </summary>
internal static class ArpResponder
{
    /// <summary>Whether a packet is to be answered, when its target is an address of ours on its port.</summary>
    public static bool IsAnswered(ArpView arp, bool isOwn) =>
        isOwn && arp.Operation == ArpOperation.Request && !arp.SenderHardwareAddress.IsGroup;

    /// <summary>None: the packet was taken. A reply may be on its way.</summary>
    public static DropReason Receive(Frame frame, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        if (info.DatagramLength < ArpView.HeaderLength) return DropReason.Short;
        if (!ArpView.TryParse(frame.Datagram, out ArpView arp))
        {
            context.Trace?.Explain(frame, "ARP, but not of Ethernet and IPv4");
            return DropReason.Ethertype;
        }

        bool isAsked = IsAnswered(arp, model.IsOwnAt(arp.TargetProtocolAddress, info.IngressPort));
        if (isAsked) Reply(frame, arp, model.MacOf(arp.TargetProtocolAddress, info.IngressPort), context);
        context.Trace?.Explain(frame, $"ARP about {arp.TargetProtocolAddress}: {(isAsked ? "answered" : "nothing to say")}");
        return DropReason.None;
    }

    private static void Reply(Frame request, ArpView arp, MacAddress own, in StageContext context)
    {
        if (!GeneratedDatagram.TryBegin(request, ArpView.HeaderLength, context, out Frame reply)) return;
        ArpFields.ReplyTo(arp, own).WriteTo(reply.Datagram);
        new EthernetFields(arp.SenderHardwareAddress, own, EtherType.Arp).WriteTo(reply.Bytes);
        GeneratedDatagram.SubmitToLink(reply, context);
    }
}
