using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Node.Tests;

/// <summary>
/// Which flow and direction a frame belongs to, as a text. Fragments belong to their datagram, ICMP errors to the datagram that they
/// quote, since neither tells ports of its own.
/// </summary>
internal static class FlowKey
{
    public static string Of(byte[] frame)
    {
        int at = 12;
        ushort type;
        while ((type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at))) is 0x8100 or 0x88a8)
            at += 4;
        string vlans = Convert.ToHexString(frame.AsSpan(12, at - 12));
        return $"{vlans} {type:x4} {OfDatagram(type, frame.AsSpan(at + 2))}";
    }

    private static string OfDatagram(ushort type, Span<byte> bytes) => type switch
    {
        0x0800 when bytes.Length >= 20 => OfIpv4(bytes),
        0x86dd when bytes.Length >= 40 => OfIpv6(bytes),
        _ => "",
    };

    private static string OfIpv4(Span<byte> bytes)
    {
        string ends = $"{Ipv4Address.Read(bytes[12..])}>{Ipv4Address.Read(bytes[16..])}";
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3fff) != 0;
        if (fragment) return $"{ends} fragment {bytes[9]} {BinaryPrimitives.ReadUInt16BigEndian(bytes[4..])}";
        int header = Math.Min((bytes[0] & 15) * 4, bytes.Length);
        return $"{ends} {OfTransport((IpProtocol)bytes[9], bytes[header..], v6: false)}";
    }

    private static string OfIpv6(Span<byte> bytes)
    {
        string ends = $"{Ipv6Address.Read(bytes[8..])}>{Ipv6Address.Read(bytes[24..])}";
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(bytes);
        if (chain.IsFragment) return $"{ends} fragment {chain.FragmentIdentification}";
        return $"{ends} {OfTransport(chain.Protocol, bytes[chain.TransportOffset..], v6: true)}";
    }

    private static string OfTransport(IpProtocol protocol, Span<byte> bytes, bool v6)
    {
        bool ports = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        if (ports && bytes.Length >= 4) return $"{protocol} {Convert.ToHexString(bytes[..4])}";
        if (protocol != (v6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp) || bytes.Length < 8) return $"{protocol}";
        bool echo = v6 ? bytes[0] is 128 or 129 : bytes[0] is 0 or 8;
        if (echo) return $"{protocol} echo {Convert.ToHexString(bytes[4..6])}";
        bool error = v6 ? bytes[0] < 128 : bytes[0] is 3 or 4 or 5 or 11 or 12;
        return error ? $"{protocol} about {OfDatagram(v6 ? (ushort)0x86dd : (ushort)0x0800, bytes[8..])}" : $"{protocol} {bytes[0]}";
    }
}
