using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Engine;

/// <summary>
/// Frames made here to answer others: an Ethernet header left blank for the link stage, an IP header, a payload for the caller to fill.
/// </summary>
public static class GeneratedDatagram
{
    /// <summary>Of what nobody gives another.</summary>
    public const byte HopLimit = 64;

    /// <summary>
    /// Takes a frame for a datagram of <paramref name="bytes"/> about <paramref name="cause"/>: same family, port, flow and ordinal. What
    /// it carries is the caller's to say: protocol and transport offset.
    /// </summary>
    public static bool TryBegin(Frame cause, int bytes, in StageContext context, out Frame frame)
    {
        if (!context.Source.TryBegin(EthernetView.HeaderLength + bytes, out frame)) return false;
        ref FrameInfo info = ref frame.Info;
        info.NetworkOffset = EthernetView.HeaderLength;
        info.DatagramLength = bytes;
        info.TakeOrigin(cause.Info);
        return true;
    }

    /// <summary>Writes a header without options over all of <paramref name="datagram"/>; answers the payload.</summary>
    public static Span<byte> WriteIpv4Header(
        Span<byte> datagram, Ipv4Address source, Ipv4Address destination, IpProtocol protocol, bool dontFragment,
        byte hopLimit = HopLimit, byte service = 0, ushort id = 0)
    {
        Ipv4View ip = new Ipv4Fields
        {
            DifferentiatedServices = service,
            Identification = id,
            DontFragment = dontFragment,
            TimeToLive = hopLimit,
            Protocol = protocol,
            Source = source,
            Destination = destination,
            PayloadLength = (ushort)(datagram.Length - Ipv4View.MinHeaderLength),
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram[..Ipv4View.MinHeaderLength]));
        return datagram[Ipv4View.MinHeaderLength..];
    }

    /// <summary>Writes a fixed header over all of <paramref name="datagram"/>; answers the payload.</summary>
    public static Span<byte> WriteIpv6Header(
        Span<byte> datagram, Ipv6Address source, Ipv6Address destination, IpProtocol nextHeader, byte hopLimit, byte trafficClass = 0)
    {
        new Ipv6Fields
        {
            TrafficClass = trafficClass,
            PayloadLength = (ushort)(datagram.Length - Ipv6View.HeaderLength),
            NextHeader = nextHeader,
            HopLimit = hopLimit,
            Source = source,
            Destination = destination,
        }.WriteTo(datagram);
        return datagram[Ipv6View.HeaderLength..];
    }

    /// <summary>
    /// Sends a datagram on its way: by the routes or, to a link-local address, by the link that its cause came by and never to a router
    /// (RFC 3927 §2.6.2, RFC 4007 §9).
    /// </summary>
    public static void Submit(Frame frame, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        bool isOfLink = info.Network == NetworkKind.Ipv6
            ? Ipv6Address.Read(frame.Datagram[24..]).IsLinkLocal
            : Ipv4Address.Read(frame.Datagram[16..]).IsLinkLocal;
        if (isOfLink)
        {
            info.EgressPort = info.IngressPort;
            info.Traits |= FrameTraits.Scoped;
        }

        context.Source.Submit(frame);
    }

    /// <summary>Sends a frame that has its Ethernet header already back out of the port that its cause came in by.</summary>
    public static void SubmitToLink(Frame frame, in StageContext context)
    {
        frame.Info.EgressPort = frame.Info.IngressPort;
        frame.Info.Traits |= FrameTraits.LinkComplete;
        context.Source.Submit(frame);
    }
}
