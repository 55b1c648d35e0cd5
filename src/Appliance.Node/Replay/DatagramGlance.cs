using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>What a replay must know of a frame before it enters: who sent it, and how long its datagram is.</summary>
/// <param name="Bytes">As the datagram's own length field says, or what is there if that is less; 0 for ARP.</param>
/// <param name="IsCarp">Whether it is of CARP's protocol.</param>
internal readonly record struct DatagramGlance(IpAddress Source, int Bytes, bool IsCarp = false)
{
    public static bool TryRead(ReadOnlySpan<byte> frame, out DatagramGlance seen)
    {
        seen = default;
        if (frame.Length < EthernetView.HeaderLength) return false;
        var type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        ReadOnlySpan<byte> rest = frame[EthernetView.HeaderLength..];
        while (VlanTagView.Announces(type) && rest.Length >= VlanTagView.HeaderLength)
        {
            type = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = rest[VlanTagView.HeaderLength..];
        }

        switch (type)
        {
            case EtherType.Ipv4 when rest.Length >= Ipv4View.MinHeaderLength:
                int total = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                seen = new(Ipv4Address.Read(rest[12..]), Math.Min(rest.Length, total), (IpProtocol)rest[9] == IpProtocol.Carp);
                return true;
            case EtherType.Ipv6 when rest.Length >= Ipv6View.HeaderLength:
                int length = Ipv6View.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
                seen = new(Ipv6Address.Read(rest[8..]), Math.Min(rest.Length, length), (IpProtocol)rest[6] == IpProtocol.Carp);
                return true;
            case EtherType.Arp when rest.Length >= 28:
                seen = new(Ipv4Address.Read(rest[14..]), 0);
                return true;
            default:
                return false;
        }
    }
}
