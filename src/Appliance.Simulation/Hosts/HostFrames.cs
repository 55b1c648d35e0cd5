using Appliance.Wire.Arp;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Simulation;

/// <summary>Frames as hosts write them, without padding; the Ethernet addresses of a datagram are blank.</summary>
internal static class HostFrames
{
    private const int IpAt = EthernetView.HeaderLength, TransportAt = IpAt + Ipv4View.MinHeaderLength;

    public static byte[] Arp(in ArpFields fields, MacAddress destination)
    {
        byte[] frame = new byte[IpAt + ArpView.HeaderLength];
        fields.WriteTo(new EthernetFields(destination, fields.SenderHardwareAddress, EtherType.Arp).WriteTo(frame).Payload);
        return frame;
    }

    public static byte[] Udp(Ipv4Address source, Ipv4Address destination, UdpFields fields, ReadOnlySpan<byte> payload)
    {
        byte[] frame = Datagram(source, destination, IpProtocol.Udp, UdpView.HeaderLength + payload.Length);
        Span<byte> bytes = frame.AsSpan(TransportAt);
        UdpView udp = (fields with { PayloadLength = (ushort)payload.Length }).WriteTo(bytes);
        payload.CopyTo(udp.Payload);
        ulong sum = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, bytes.Length) + InternetChecksum.Sum(bytes);
        udp.Checksum = InternetChecksum.ZeroAsAllOnes(InternetChecksum.Finish(sum));
        return frame;
    }

    public static byte[] Tcp(Ipv4Address source, Ipv4Address destination, TcpFields fields, ReadOnlySpan<byte> payload)
    {
        byte[] frame = Datagram(source, destination, IpProtocol.Tcp, TcpView.MinHeaderLength + payload.Length);
        Span<byte> bytes = frame.AsSpan(TransportAt);
        TcpView tcp = fields.WriteTo(bytes);
        payload.CopyTo(tcp.Payload);
        ulong sum = InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, bytes.Length) + InternetChecksum.Sum(bytes);
        tcp.Checksum = InternetChecksum.Finish(sum);
        return frame;
    }

    public static byte[] Icmp(Ipv4Address source, Ipv4Address destination, IcmpFields fields, ReadOnlySpan<byte> body)
    {
        byte[] frame = Datagram(source, destination, IpProtocol.Icmp, IcmpView.HeaderLength + body.Length);
        Span<byte> bytes = frame.AsSpan(TransportAt);
        IcmpView icmp = fields.WriteTo(bytes);
        body.CopyTo(icmp.Body);
        icmp.Checksum = InternetChecksum.Finish(InternetChecksum.Sum(bytes));
        return frame;
    }

    public static void Address(Span<byte> frame, MacAddress destination, MacAddress source)
    {
        destination.WriteTo(frame);
        source.WriteTo(frame[MacAddress.Length..]);
    }

    private static byte[] Datagram(Ipv4Address source, Ipv4Address destination, IpProtocol protocol, int length)
    {
        byte[] frame = new byte[TransportAt + length];
        Ipv4View ip = new Ipv4Fields
        {
            TimeToLive = 64,
            DontFragment = true,
            Protocol = protocol,
            Source = source,
            Destination = destination,
            PayloadLength = (ushort)length,
        }.WriteTo(new EthernetFields(default, default, EtherType.Ipv4).WriteTo(frame).Payload);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
        return frame;
    }
}
