using System.Buffers.Binary;
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
    private const int EchoIdentifierAt = 4;
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
    public static Conversation? AskedOf(ReadOnlySpan<byte> frame, IReadOnlyList<Conversation> among)
    {
        int payloadAt = TransportAt + ProtocolOf(frame) switch
        {
            IpProtocol.Icmp => IcmpView.HeaderLength,
            IpProtocol.Udp => UdpView.HeaderLength,
            _ => TcpView.MinHeaderLength,
        };
        int id = frame.Length > payloadAt ? Conversation.IdOf(frame[payloadAt..]) : -1;
        return among.FirstOrDefault(conversation => conversation.Id == id);
    }

    /// <summary>Which conversation's answer a frame on lan is; null: none's.</summary>
    public static Conversation? AnsweredOf(ReadOnlySpan<byte> frame, IReadOnlyList<Conversation> among)
    {
        IpProtocol protocol = ProtocolOf(frame);
        int portAt = TransportAt + (protocol == IpProtocol.Icmp ? EchoIdentifierAt : sizeof(ushort));
        if (frame.Length < portAt + sizeof(ushort)) return null;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(frame[portAt..]);
        return among.FirstOrDefault(conversation => conversation.Protocol == protocol && conversation.OwnPort == port);
    }

    /// <summary>Address and port, or echo identifier, of a question.</summary>
    public static (Ipv4Address Address, ushort Port) SourceOf(ReadOnlySpan<byte> frame)
    {
        int portAt = TransportAt + (ProtocolOf(frame) == IpProtocol.Icmp ? EchoIdentifierAt : 0);
        return (new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(frame[(IpAt + 12)..])),
            BinaryPrimitives.ReadUInt16BigEndian(frame[portAt..]));
    }

    private static IpProtocol ProtocolOf(ReadOnlySpan<byte> frame)
    {
        bool isIpv4 = frame.Length >= TransportAt && (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == EtherType.Ipv4;
        return isIpv4 ? (IpProtocol)frame[IpAt + 9] : 0;
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
