using System.Buffers.Binary;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Node;

/// <summary>Makes the frame that a <see cref="PacketText"/> describes, every length and checksum right.</summary>
public static class PacketBuilder
{
    private const int IcmpHeader = 8;
    private static readonly MacAddress Sender = new(0x0200_0000_0001);

    /// <summary>The whole Ethernet frame, addressed to <paramref name="portMac"/>.</summary>
    public static byte[] Build(PacketText packet, MacAddress portMac)
    {
        int link = EthernetView.HeaderLength + (packet.VlanId is null ? 0 : VlanTagView.HeaderLength);
        int network = packet.Source.IsV6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength;
        var frame = new byte[link + network + TransportHeader(packet.Protocol) + packet.PayloadBytes];
        WriteLink(packet, portMac, frame);
        Span<byte> transport = frame.AsSpan(link + network);
        WriteNetwork(packet, frame.AsSpan(link), transport.Length);
        WriteTransport(packet, transport);
        return frame;
    }

    private static int TransportHeader(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Tcp => TcpView.MinHeaderLength,
        IpProtocol.Udp => UdpView.HeaderLength,
        IpProtocol.Sctp => SctpView.HeaderLength,
        IpProtocol.Icmp or IpProtocol.Icmpv6 => IcmpHeader,
        _ => 0,
    };

    private static void WriteLink(PacketText packet, MacAddress portMac, Span<byte> frame)
    {
        EtherType type = packet.Source.IsV6 ? EtherType.Ipv6 : EtherType.Ipv4;
        new EthernetFields(portMac, Sender, packet.VlanId is null ? type : EtherType.Vlan).WriteTo(frame);
        if (packet.VlanId is not { } vlan) return;
        BinaryPrimitives.WriteUInt16BigEndian(frame[14..], vlan);
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], (ushort)type);
    }

    private static void WriteNetwork(PacketText packet, Span<byte> datagram, int payload)
    {
        if (packet.Source.IsV6)
        {
            new Ipv6Fields
            {
                PayloadLength = (ushort)payload,
                NextHeader = packet.Protocol,
                HopLimit = packet.HopLimit,
                Source = packet.Source.V6,
                Destination = packet.Destination.V6,
            }.WriteTo(datagram);
            return;
        }

        Ipv4View ip = new Ipv4Fields
        {
            Identification = packet.Protocol == IpProtocol.Icmp ? (ushort)0 : packet.Identifier,
            DontFragment = packet.DontFragment,
            TimeToLive = packet.HopLimit,
            Protocol = packet.Protocol,
            Source = packet.Source.V4,
            Destination = packet.Destination.V4,
            PayloadLength = (ushort)payload,
        }.WriteTo(datagram);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(datagram[..Ipv4View.MinHeaderLength]));
    }

    private static void WriteTransport(PacketText packet, Span<byte> transport)
    {
        int checksumAt = 2;
        switch (packet.Protocol)
        {
            case IpProtocol.Tcp:
                new TcpFields
                {
                    SourcePort = packet.SourcePort,
                    DestinationPort = packet.DestinationPort,
                    Flags = packet.Flags,
                    Window = ushort.MaxValue,
                }.WriteTo(transport);
                checksumAt = 16;
                break;
            case IpProtocol.Udp:
                new UdpFields(packet.SourcePort, packet.DestinationPort, (ushort)packet.PayloadBytes).WriteTo(transport);
                checksumAt = 6;
                break;
            case IpProtocol.Icmp or IpProtocol.Icmpv6:
                transport[0] = packet.IcmpType ?? (packet.Protocol == IpProtocol.Icmp ? (byte)8 : (byte)128);
                transport[1] = packet.IcmpCode;
                BinaryPrimitives.WriteUInt16BigEndian(transport[4..], packet.Identifier);
                break;
            case IpProtocol.Sctp:
                new SctpFields(packet.SourcePort, packet.DestinationPort, 0).WriteTo(transport);
                return;                                                 // CRC32c: no stage looks at it
            default:
                return;
        }

        WriteChecksum(packet, transport, checksumAt);
    }

    private static void WriteChecksum(PacketText packet, Span<byte> transport, int at)
    {
        ulong sum = InternetChecksum.Sum(transport);
        (IpAddress source, IpAddress destination, IpProtocol protocol) = (packet.Source, packet.Destination, packet.Protocol);
        if (source.IsV6) sum += InternetChecksum.PseudoHeader(source.V6, destination.V6, protocol, transport.Length);
        else if (protocol != IpProtocol.Icmp) sum += InternetChecksum.PseudoHeader(source.V4, destination.V4, protocol, transport.Length);
        ushort checksum = InternetChecksum.Finish(sum);
        if (packet.Protocol == IpProtocol.Udp) checksum = InternetChecksum.ZeroAsAllOnes(checksum);
        BinaryPrimitives.WriteUInt16BigEndian(transport[at..], checksum);
    }
}
