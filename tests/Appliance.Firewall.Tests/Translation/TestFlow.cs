using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A datagram by its endpoints, everything about it made from scratch: what a translation must come to is the same datagram made with
/// the other endpoints.
/// </summary>
internal sealed record TestFlow(string Kind, bool V6, byte[] Payload)
{
    public static readonly string[] Kinds = ["tcp", "udp", "udp-zero", "echo", "reply", "sctp", "gre", "udplite", "wrong-icmp"];

    public static FrameEndpoints Random(Random random, bool v6, bool isQuery)
    {
        ushort port = (ushort)random.Next(1 << 16);
        return new FrameEndpoints(Address(random, v6), Address(random, v6), port, isQuery ? port : (ushort)random.Next(1 << 16));
    }

    public bool IsQuery => Kind is "echo" or "reply";

    public bool HasPorts => Kind is "tcp" or "udp" or "udp-zero" or "sctp" || IsQuery;

    public byte[] Make(FrameEndpoints endpoints)
    {
        string source = TextOf(endpoints.Source), destination = TextOf(endpoints.Destination);
        TestTransport transport = Transport(endpoints);
        byte[] frame = V6 ? TestFrames.Ipv6(source, destination, transport) : TestFrames.Ipv4(source, destination, transport);
        int transportAt = 14 + (V6 ? 40 : 20);
        if (Kind == "udp-zero") frame.AsSpan(transportAt + 6, 2).Clear();
        return frame;
    }

    private TestTransport Transport(FrameEndpoints endpoints)
    {
        uint word = ((uint)endpoints.SourcePort << 16) | 7;
        return Kind switch
        {
            "tcp" => TestTransport.Tcp(
                new TcpFields
                {
                    SourcePort = endpoints.SourcePort, DestinationPort = endpoints.DestinationPort, Flags = TcpFlags.Ack, Window = 9,
                },
                Payload),
            "udp" or "udp-zero" => TestTransport.Udp(endpoints.SourcePort, endpoints.DestinationPort, Payload),
            "sctp" => TestTransport.Sctp(endpoints.SourcePort, endpoints.DestinationPort, Payload),
            "echo" => V6 ? TestTransport.Icmpv6(128, 0, word, Payload) : TestTransport.Icmp(8, 0, word, Payload),
            "reply" => V6 ? TestTransport.Icmpv6(129, 0, word, Payload) : TestTransport.Icmp(0, 0, word, Payload),
            "gre" => TestTransport.Raw(IpProtocol.Gre, [0, 0, 8, 0, .. Payload]),
            "udplite" => new TestTransport(IpProtocol.UdpLite, [0, 1, 0, 2, 0, 0, 0, 0, .. Payload], 6, HasPseudoHeader: true),
            // ICMPv6 in IPv4 and ICMP in IPv6: protocols that nobody looks into
            _ => TestTransport.Raw(V6 ? IpProtocol.Icmp : IpProtocol.Icmpv6, [128, 0, 1, 2, 3, 4, 5, 6, .. Payload]),
        };
    }

    public static string TextOf(UInt128 address) =>
        address >> 32 == 0 ? new Ipv4Address((uint)address).ToString() : new Ipv6Address(address).ToString();

    public static UInt128 Address(Random random, bool v6)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return v6 ? (bits >> 4) | ((UInt128)2 << 124) : ((uint)bits & 0x1fff_ffff) | 0x2000_0000;
    }
}
