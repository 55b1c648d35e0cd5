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

    /// <summary>Which conversation's question a frame on wan is; null: none's, or one without a payload that says so.</summary>
    public static Conversation? AskedOf(Span<byte> frame, IReadOnlyList<Conversation> among)
    {
        if (!TryOpen(frame, out Ipv4View ip)) return null;
        int id = Conversation.IdOf(PayloadOf(ip));
        return among.FirstOrDefault(conversation => conversation.Id == id);
    }

    /// <summary>Which conversation's answer a frame on lan is; null: none's.</summary>
    public static Conversation? AnsweredOf(Span<byte> frame, IReadOnlyList<Conversation> among)
    {
        if (!TryOpen(frame, out Ipv4View ip)) return null;
        (IpProtocol protocol, ushort port) = (ip.Protocol, PortsOf(ip).Destination);
        return among.FirstOrDefault(conversation => conversation.Protocol == protocol && conversation.OwnPort == port);
    }

    /// <summary>Address and port, or echo identifier, of a question; nobody's, where it is none.</summary>
    public static (Ipv4Address Address, ushort Port) SourceOf(Span<byte> frame) =>
        TryOpen(frame, out Ipv4View ip) ? (ip.Source, PortsOf(ip).Source) : default;

    private static bool TryOpen(Span<byte> frame, out Ipv4View ip)
    {
        ip = default;
        return EthernetView.TryParse(frame, out EthernetView ethernet) && ethernet.EtherType == EtherType.Ipv4
            && Ipv4View.TryParse(ethernet.Payload, out ip);
    }

    /// <summary>Of an echo both are its identifier; 0 where there are none.</summary>
    private static (ushort Source, ushort Destination) PortsOf(Ipv4View ip) => ip.Protocol switch
    {
        IpProtocol.Icmp when IcmpView.TryParse(ip.Payload, out IcmpView icmp) => (icmp.EchoIdentifier, icmp.EchoIdentifier),
        IpProtocol.Udp when UdpView.TryParse(ip.Payload, out UdpView udp) => (udp.SourcePort, udp.DestinationPort),
        IpProtocol.Tcp when TcpView.TryParse(ip.Payload, out TcpView tcp) => (tcp.SourcePort, tcp.DestinationPort),
        _ => default,
    };

    private static Span<byte> PayloadOf(Ipv4View ip) => ip.Protocol switch
    {
        IpProtocol.Icmp when IcmpView.TryParse(ip.Payload, out IcmpView icmp) => icmp.Body,
        IpProtocol.Udp when UdpView.TryParse(ip.Payload, out UdpView udp) => udp.Payload,
        IpProtocol.Tcp when TcpView.TryParse(ip.Payload, out TcpView tcp) => tcp.Payload,
        _ => default,
    };

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
