using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Answers neighbour solicitations (RFC 4861 §7.2.4) for the addresses of the port they came in by.</summary>
internal static class NdpResponder
{
    private const byte NeighborSolicitation = 135;
    private const byte NeighborAdvertisement = 136;
    private const byte NeighborHopLimit = 255;
    private const int SolicitationLength = 24;                          // bytes: type to target
    private const int AdvertisementLength = 32;                         // with the target link-layer address option
    private const byte TargetLinkLayerAddress = 2;
    private const byte Router = 0x80, Solicited = 0x40, Override = 0x20;

    private static readonly Ipv6Address AllNodes = new(new UInt128(0xff02_0000_0000_0000, 1));

    /// <summary>None: the message was taken. A reply may be on its way.</summary>
    public static DropReason Receive(Frame frame, RoutingModel model, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        Span<byte> datagram = frame.Datagram;
        if (datagram[7] != NeighborHopLimit) return DropReason.Spoof;   // it crossed a router: RFC 4861 §7.1
        Span<byte> message = datagram[(info.TransportOffset - info.NetworkOffset)..];
        Ipv6Address source = Ipv6Address.Read(datagram[8..]), destination = Ipv6Address.Read(datagram[24..]);
        context.Counters.ChecksumsVerified++;
        ulong sum = InternetChecksum.Sum(message) + InternetChecksum.PseudoHeader(source, destination, IpProtocol.Icmpv6, message.Length);
        if (!InternetChecksum.IsValid(sum))
        {
            context.Counters.ChecksumsBad++;
            return DropReason.BadL4Checksum;
        }

        if (message[0] != NeighborSolicitation || message[1] != 0) return DropReason.None;
        if (message.Length < SolicitationLength) return DropReason.Short;
        Ipv6Address target = Ipv6Address.Read(message[8..]);
        bool isAsked = model.IsOwnAt(target, info.IngressPort) && model.Own.UseOf(source) != AddressUse.Own;
        if (isAsked) Advertise(frame, target, source, model.Ports[info.IngressPort].Mac, context);
        context.Trace?.Explain(frame, isAsked ? $"who has {target}: answered" : $"solicitation for {target}: nothing to say");
        return DropReason.None;
    }

    /// <summary>To who asked, or to all nodes when it has no address yet (RFC 4861 §7.2.4).</summary>
    private static void Advertise(Frame request, Ipv6Address target, Ipv6Address asker, MacAddress own, in StageContext context)
    {
        if (!GeneratedDatagram.TryBegin(request, Ipv6View.HeaderLength + AdvertisementLength, context, out Frame reply)) return;
        bool anonymous = asker == Ipv6Address.Any;
        Ipv6Address destination = anonymous ? AllNodes : asker;
        MacAddress destinationMac = anonymous ? new MacAddress(0x3333_0000_0001) : MacAddress.Read(request.Bytes[6..]);

        Span<byte> message = GeneratedDatagram.WriteIpv6Header(reply.Datagram, target, destination, IpProtocol.Icmpv6, NeighborHopLimit);
        message.Clear();
        message[0] = NeighborAdvertisement;
        message[4] = (byte)(Router | Override | (anonymous ? 0 : Solicited));
        target.WriteTo(message[8..]);
        message[24] = TargetLinkLayerAddress;
        message[25] = 1;                                                // in units of 8 bytes
        own.WriteTo(message[26..]);
        GeneratedDatagram.FinishIcmpv6(message, target, destination);
        new EthernetFields(destinationMac, own, EtherType.Ipv6).WriteTo(reply.Bytes);
        context.Counters.ChecksumsComputed++;
        GeneratedDatagram.SubmitToLink(reply, context);
    }
}
