using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// TCP segments that the firewall sends in the name of a segment's receiver: resets and challenge ACKs. They are routed as what is made
/// here, and not judged. The answer is never longer than what it answers but for its options.
/// </summary>
internal static class ResetReply
{
    /// <summary>
    /// RFC 9293 §3.10.7.1: what no connection expects is answered with the number it acknowledges, or acknowledged itself.
    /// </summary>
    public static void TryRefuse(Frame cause, byte hopLimit, in StageContext context)
    {
        if (!TcpSegmentFacts.TryRead(cause.Transport, out TcpSegmentFacts segment) || segment.Has(TcpFlags.Rst)) return;
        TcpAnswer answer = segment.Has(TcpFlags.Ack)
            ? new TcpAnswer(segment.Acknowledgment, 0, TcpFlags.Rst, 0)
            : new TcpAnswer(0, segment.Sequence + segment.Length, TcpFlags.Rst | TcpFlags.Ack, 0);
        TrySend(cause, answer, hopLimit == 0 ? GeneratedDatagram.HopLimit : hopLimit, context);
    }

    public static void TrySend(Frame cause, in TcpAnswer answer, in StageContext context) =>
        TrySend(cause, answer, GeneratedDatagram.HopLimit, context);

    private static void TrySend(Frame cause, in TcpAnswer answer, byte hopLimit, in StageContext context)
    {
        if ((cause.Info.Traits & (FrameTraits.Generated | FrameTraits.L2Group)) != FrameTraits.None) return;
        if (!TcpView.TryParse(cause.Transport, out TcpView asked)) return;
        bool v6 = cause.Info.Network == NetworkKind.Ipv6;
        int header = v6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength;
        if (!GeneratedDatagram.TryBegin(cause, header + TcpView.MinHeaderLength, context, out Frame reply)) return;
        ref FrameInfo info = ref reply.Info;
        info.Protocol = IpProtocol.Tcp;
        info.TransportOffset = info.NetworkOffset + header;
        info.Traits |= FrameTraits.Unfiltered;
        new TcpFields
        {
            SourcePort = asked.DestinationPort,
            DestinationPort = asked.SourcePort,
            SequenceNumber = answer.Sequence,
            AcknowledgmentNumber = answer.Acknowledgment,
            Flags = answer.Flags,
            Window = answer.Window,
        }.WriteTo(v6 ? WriteIpv6(reply.Datagram, cause.Datagram, hopLimit) : WriteIpv4(reply.Datagram, cause.Datagram, hopLimit));
        TransportChecksum.Write(reply);
        context.Counters.ChecksumsComputed++;
        GeneratedDatagram.Submit(reply, context);
    }

    private static Span<byte> WriteIpv4(Span<byte> datagram, Span<byte> cause, byte hopLimit) => GeneratedDatagram.WriteIpv4Header(
        datagram, Ipv4Address.Read(cause[16..]), Ipv4Address.Read(cause[12..]), IpProtocol.Tcp, dontFragment: true, hopLimit);

    private static Span<byte> WriteIpv6(Span<byte> datagram, Span<byte> cause, byte hopLimit) => GeneratedDatagram.WriteIpv6Header(
        datagram, Ipv6Address.Read(cause[24..]), Ipv6Address.Read(cause[8..]), IpProtocol.Tcp, hopLimit);
}
