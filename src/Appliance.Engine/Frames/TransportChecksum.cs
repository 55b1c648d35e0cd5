using System.Buffers.Binary;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Engine;

/// <summary>
/// The checksum of a datagram's transport header and payload, over the addresses of its IP header: of TCP, UDP, ICMP over IPv4 and ICMPv6
/// over IPv6 (RFC 9293 §3.1, RFC 768, RFC 792, RFC 4443 §2.3). The datagram is whole, and its transport header is there. What stands behind
/// the length of UDP is none of its own (RFC 9868 §5).
/// </summary>
public static class TransportChecksum
{
    /// <summary>Whether it is as it was sent. A UDP checksum of zero, none, is the caller's to know.</summary>
    public static bool IsRight(Frame frame) => InternetChecksum.IsValid(Sum(frame));

    /// <summary>Writes it, whatever stands in its place.</summary>
    public static void Write(Frame frame)
    {
        Span<byte> field = frame.Transport.Slice(OffsetOf(frame.Info.Protocol), sizeof(ushort));
        field.Clear();
        ushort checksum = InternetChecksum.Finish(Sum(frame));
        if (frame.Info.Protocol == IpProtocol.Udp) checksum = InternetChecksum.ZeroAsAllOnes(checksum);
        BinaryPrimitives.WriteUInt16BigEndian(field, checksum);
    }

    private static ulong Sum(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        Span<byte> transport = frame.Transport;
        if (info.Protocol == IpProtocol.Udp && UdpView.TryParse(transport, out UdpView udp)) transport = udp.Datagram;
        ulong sum = InternetChecksum.Sum(transport);
        if (info.Protocol == IpProtocol.Icmp) return sum;
        return sum + (info.Network == NetworkKind.Ipv6
            ? InternetChecksum.Ipv6PseudoHeader(frame.Datagram[8..], info.Protocol, transport.Length)
            : InternetChecksum.Ipv4PseudoHeader(frame.Datagram[12..], info.Protocol, transport.Length));
    }

    private static int OffsetOf(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Tcp => 16,
        IpProtocol.Udp => 6,
        _ => 2,
    };
}
