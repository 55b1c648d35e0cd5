using Appliance.Wire.Carp;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Failover.Tests;

/// <summary>Advertisements of somebody else, made here and not by the code under test.</summary>
internal static class AdvertisementFrames
{
    public const int Ipv4PayloadOffset = EthernetView.HeaderLength + Ipv4View.MinHeaderLength;

    public static byte[] Make(CarpGroupSettings group, IpAddress source, CarpFields fields, CarpHmac? proof = null)
    {
        int header = source.IsV6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength;
        byte[] frame = new byte[EthernetView.HeaderLength + header + CarpView.HeaderLength];
        MacAddress to = source.IsV6 ? CarpAddresses.Ipv6GroupMac : CarpAddresses.Ipv4GroupMac;
        EtherType type = source.IsV6 ? EtherType.Ipv6 : EtherType.Ipv4;
        Span<byte> datagram = new EthernetFields(to, CarpAddresses.VirtualMac(group.Vhid), type).WriteTo(frame).Payload;
        if (source.IsV6) WriteIpv6(datagram, source.V6);
        else WriteIpv4(datagram, source.V4);
        CarpView view = fields.WriteTo(datagram[header..]);
        (proof ?? CarpHmac.Of(group.Key, group.Vhid, group.Addresses.AsSpan())).Sign(view);
        return frame;
    }

    /// <summary>Makes the IPv4 header's checksum right again after somebody changed the header.</summary>
    public static byte[] Completed(byte[] frame)
    {
        Span<byte> header = frame.AsSpan(EthernetView.HeaderLength, Ipv4View.MinHeaderLength);
        header[10] = header[11] = 0;
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(header));
        (header[10], header[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return frame;
    }

    private static void WriteIpv4(Span<byte> datagram, Ipv4Address source)
    {
        Ipv4View ip = new Ipv4Fields
        {
            TimeToLive = 255,
            Protocol = IpProtocol.Carp,
            Source = source,
            Destination = CarpAddresses.Ipv4Group,
            PayloadLength = CarpView.HeaderLength,
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
    }

    private static void WriteIpv6(Span<byte> datagram, Ipv6Address source) => new Ipv6Fields
    {
        HopLimit = 255,
        NextHeader = IpProtocol.Carp,
        Source = source,
        Destination = CarpAddresses.Ipv6Group,
        PayloadLength = CarpView.HeaderLength,
    }.WriteTo(datagram);
}
