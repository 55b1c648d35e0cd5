using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// The datagram around a message about groups: for one hop, and with the router alert, by which routers look into it though it is to a
/// group of others (RFC 9776 §4, RFC 9777 §5; RFC 2113, RFC 2711).
/// </summary>
internal static class GroupDatagram
{
    private const byte OneHop = 1, InternetworkControl = 0xc0;          // RFC 9776 §4: precedence 6

    private static ReadOnlySpan<byte> Ipv4RouterAlert => [0x94, 4, 0, 0];

    /// <summary>A hop-by-hop header: the alert, and two bytes of padding.</summary>
    private static ReadOnlySpan<byte> Ipv6RouterAlert => [(byte)IpProtocol.Icmpv6, 0, 5, 2, 0, 0, 1, 0];

    /// <summary>Bytes in front of the message.</summary>
    public static int HeaderLength(bool isV6) =>
        isV6 ? Ipv6View.HeaderLength + Ipv6RouterAlert.Length : Ipv4View.MinHeaderLength + Ipv4RouterAlert.Length;

    /// <summary>Writes the headers over all of a datagram whose message is in its place, and completes the checksum of MLD.</summary>
    public static void Complete(Span<byte> datagram, IpAddress source, IpAddress destination)
    {
        if (destination.IsV6) CompleteIpv6(datagram, source.V6, destination.V6);
        else CompleteIpv4(datagram, source.V4, destination.V4);
    }

    private static void CompleteIpv6(Span<byte> datagram, Ipv6Address source, Ipv6Address destination)
    {
        Span<byte> payload = GeneratedDatagram.WriteIpv6Header(datagram, source, destination, IpProtocol.HopByHop, OneHop);
        Ipv6RouterAlert.CopyTo(payload);
        NdpDatagram.WriteChecksum(datagram, HeaderLength(isV6: true));
    }

    private static void CompleteIpv4(Span<byte> datagram, Ipv4Address source, Ipv4Address destination)
    {
        int header = HeaderLength(isV6: false);
        Ipv4View ip = new Ipv4Fields
        {
            DifferentiatedServices = InternetworkControl,
            DontFragment = true,
            TimeToLive = OneHop,
            Protocol = IpProtocol.Igmp,
            Source = source,
            Destination = destination,
            OptionsLength = (byte)Ipv4RouterAlert.Length,
            PayloadLength = (ushort)(datagram.Length - header),
        }.WriteTo(datagram);
        Ipv4RouterAlert.CopyTo(datagram[Ipv4View.MinHeaderLength..]);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram[..header]));
    }
}
