using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>What a frame is, at a glance.</summary>
internal static class FrameKinds
{
    private const int IpAt = EthernetView.HeaderLength, Ipv6PayloadAt = IpAt + Ipv6View.HeaderLength;
    private const byte FirstNdp = 133, LastNdp = 137;                   // router solicitation to redirect
    private const byte CarpAdvert = 0x21;                               // version 2, type 1

    public static FrameKind Of(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < IpAt) return FrameKind.Data;
        switch ((EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case EtherType.Arp:
                return FrameKind.Neighbours;
            case EtherType.Ipv4 when frame.Length > IpAt + Ipv4View.MinHeaderLength:
                return (IpProtocol)frame[IpAt + 9] == IpProtocol.Carp ? OfCarp(frame[(IpAt + Ipv4View.MinHeaderLength)..]) : FrameKind.Data;
            case EtherType.Ipv6 when frame.Length > Ipv6PayloadAt:
                var next = (IpProtocol)frame[IpAt + 6];
                if (next == IpProtocol.Carp) return OfCarp(frame[Ipv6PayloadAt..]);
                bool isNdp = next == IpProtocol.Icmpv6 && frame[Ipv6PayloadAt] is >= FirstNdp and <= LastNdp;
                return isNdp ? FrameKind.Neighbours : FrameKind.Data;
            default:
                return FrameKind.Data;
        }
    }

    /// <summary>Of which virtual host an advert speaks.</summary>
    public static int VhidOf(ReadOnlySpan<byte> advert) =>
        advert[12] == 0x08 ? advert[IpAt + Ipv4View.MinHeaderLength + 1] : advert[Ipv6PayloadAt + 1];

    private static FrameKind OfCarp(ReadOnlySpan<byte> message) => message[0] == CarpAdvert ? FrameKind.Advert : FrameKind.Lane;
}
