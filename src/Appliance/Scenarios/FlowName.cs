using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Scenarios;

/// <summary>
/// Which flow and direction a frame belongs to: frames with the same name leave in one order, others in any. Fragments belong to their
/// datagram and ICMP errors to the datagram that they quote, since neither tells ports of its own.
/// </summary>
internal static class FlowName
{
    public static string Of(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetView.HeaderLength) return "";
        int at = EthernetView.HeaderLength - 2;
        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
        while (VlanTagView.Announces(type) && at + 6 <= frame.Length)
        {
            at += VlanTagView.HeaderLength;
            type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]);
        }

        string tags = Convert.ToHexStringLower(frame[(EthernetView.HeaderLength - 2)..at]);
        return $"{tags} {(ushort)type:x4} {OfDatagram(type, frame[(at + 2)..], isQuoted: false)}";
    }

    private static string OfDatagram(EtherType type, ReadOnlySpan<byte> bytes, bool isQuoted) => type switch
    {
        EtherType.Ipv4 when bytes.Length >= Ipv4View.MinHeaderLength => OfIpv4(bytes, isQuoted),
        EtherType.Ipv6 when bytes.Length >= Ipv6View.HeaderLength => OfIpv6(bytes, isQuoted),
        _ => "",
    };

    private static string OfIpv4(ReadOnlySpan<byte> bytes, bool isQuoted)
    {
        string ends = $"{Ipv4Address.Read(bytes[12..])} > {Ipv4Address.Read(bytes[16..])}";
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3fff) != 0;
        if (isFragment) return $"{ends} fragment {bytes[9]} {BinaryPrimitives.ReadUInt16BigEndian(bytes[4..])}";
        int header = Math.Min((bytes[0] & 15) * 4, bytes.Length);
        return $"{ends} {OfTransport((IpProtocol)bytes[9], bytes[header..], isV6: false, isQuoted)}";
    }

    private static string OfIpv6(ReadOnlySpan<byte> bytes, bool isQuoted)
    {
        string ends = $"{Ipv6Address.Read(bytes[8..])} > {Ipv6Address.Read(bytes[24..])}";
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(bytes);
        if (chain.IsFragment) return $"{ends} fragment {chain.FragmentIdentification}";
        int transport = Math.Min(chain.TransportOffset, bytes.Length);
        return $"{ends} {OfTransport(chain.Protocol, bytes[transport..], isV6: true, isQuoted)}";
    }

    private static string OfTransport(IpProtocol protocol, ReadOnlySpan<byte> bytes, bool isV6, bool isQuoted)
    {
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        if (hasPorts && bytes.Length >= 4) return $"{protocol} {Convert.ToHexStringLower(bytes[..4])}";
        if (protocol != (isV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp) || bytes.Length < 8) return $"{protocol}";
        bool isEcho = isV6 ? bytes[0] is 128 or 129 : bytes[0] is 0 or 8;
        if (isEcho) return $"{protocol} echo {Convert.ToHexStringLower(bytes[4..6])}";
        bool isError = isV6 ? bytes[0] < 128 : bytes[0] is 3 or 4 or 5 or 11 or 12;
        if (!isError || isQuoted) return $"{protocol} {bytes[0]}";
        return $"{protocol} about {OfDatagram(isV6 ? EtherType.Ipv6 : EtherType.Ipv4, bytes[8..], isQuoted: true)}";
    }
}
