using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// TCP segments that the firewall sends in the name of a segment's receiver: resets and challenge ACKs. They are routed as what is made
/// here, and not judged. The answer is never longer than what it answers but for its options.
/// </summary>
internal static class ResetReply
{
    private const byte HopLimit = 64;

    /// <summary>
    /// RFC 9293 §3.10.7.1: what no connection expects is answered with the number it acknowledges, or acknowledged itself.
    /// </summary>
    public static void TryRefuse(Frame cause, byte hopLimit, in StageContext context)
    {
        if (!TcpSegmentFacts.TryRead(TransportOf(cause), out TcpSegmentFacts segment) || segment.Has(TcpFlags.Rst)) return;
        TcpAnswer answer = segment.Has(TcpFlags.Ack)
            ? new TcpAnswer(segment.Acknowledgment, 0, TcpFlags.Rst, 0)
            : new TcpAnswer(0, segment.Sequence + segment.Length, TcpFlags.Rst | TcpFlags.Ack, 0);
        TrySend(cause, answer, hopLimit == 0 ? HopLimit : hopLimit, context);
    }

    public static void TrySend(Frame cause, in TcpAnswer answer, in StageContext context) => TrySend(cause, answer, HopLimit, context);

    private static void TrySend(Frame cause, in TcpAnswer answer, byte hopLimit, in StageContext context)
    {
        ref FrameInfo from = ref cause.Info;
        if ((from.Traits & (FrameTraits.Generated | FrameTraits.L2Group)) != FrameTraits.None) return;
        bool v6 = from.Network == NetworkKind.Ipv6;
        int header = v6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength, bytes = header + TcpView.MinHeaderLength;
        if (!context.Source.TryBegin(EthernetView.HeaderLength + bytes, out Frame reply)) return;
        ref FrameInfo info = ref reply.Info;
        info.NetworkOffset = EthernetView.HeaderLength;
        info.TransportOffset = EthernetView.HeaderLength + header;
        info.DatagramLength = bytes;
        info.EtherType = from.EtherType;
        info.Network = from.Network;
        info.Protocol = IpProtocol.Tcp;
        info.IngressPort = from.IngressPort;
        info.Hash = from.Hash;
        info.Bucket = from.Bucket;
        info.Worker = from.Worker;
        info.Ordinal = from.Ordinal;
        info.Traits |= FrameTraits.Unfiltered;
        Write(reply.Datagram, cause, v6, header, answer, hopLimit);
        context.Counters.ChecksumsComputed++;
        context.Source.Submit(reply);
    }

    private static void Write(Span<byte> datagram, Frame cause, bool v6, int header, in TcpAnswer answer, byte hopLimit)
    {
        if (!TcpView.TryParse(TransportOf(cause), out TcpView asked)) return;       // it was parsed before
        TcpView tcp = new TcpFields
        {
            SourcePort = asked.DestinationPort,
            DestinationPort = asked.SourcePort,
            SequenceNumber = answer.Sequence,
            AcknowledgmentNumber = answer.Acknowledgment,
            Flags = answer.Flags,
            Window = answer.Window,
        }.WriteTo(datagram[header..]);
        ulong pseudo = v6 ? WriteIpv6(datagram, cause.Datagram, hopLimit) : WriteIpv4(datagram, cause.Datagram, hopLimit);
        tcp.Checksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram[header..]) + pseudo);
    }

    private static ulong WriteIpv4(Span<byte> datagram, Span<byte> cause, byte hopLimit)
    {
        Ipv4Address source = Ipv4Address.Read(cause[16..]), destination = Ipv4Address.Read(cause[12..]);
        Ipv4View ip = new Ipv4Fields
        {
            DontFragment = true, TimeToLive = hopLimit, Protocol = IpProtocol.Tcp, Source = source, Destination = destination,
            PayloadLength = TcpView.MinHeaderLength,
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram[..Ipv4View.MinHeaderLength]));
        return InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, TcpView.MinHeaderLength);
    }

    private static ulong WriteIpv6(Span<byte> datagram, Span<byte> cause, byte hopLimit)
    {
        Ipv6Address source = Ipv6Address.Read(cause[24..]), destination = Ipv6Address.Read(cause[8..]);
        new Ipv6Fields
        {
            PayloadLength = TcpView.MinHeaderLength, NextHeader = IpProtocol.Tcp, HopLimit = hopLimit,
            Source = source, Destination = destination,
        }.WriteTo(datagram);
        return InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, TcpView.MinHeaderLength);
    }

    private static Span<byte> TransportOf(Frame frame)
    {
        Span<byte> datagram = frame.Datagram;
        return datagram[Math.Min(frame.Info.TransportOffset - frame.Info.NetworkOffset, datagram.Length)..];
    }
}
