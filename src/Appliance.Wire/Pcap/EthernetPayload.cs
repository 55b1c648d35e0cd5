using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Pcap;

/// <summary>What is behind the VLAN tags of a frame.</summary>
internal readonly ref struct EthernetPayload
{
    private const int VlanTagLength = 4;
    private const int Ipv4HeaderLength = 20;
    private const int Ipv6HeaderLength = 40;

    private EthernetPayload(ushort etherType, ReadOnlySpan<byte> bytes, int tagCount)
    {
        Type = (EtherType)etherType;
        Bytes = bytes;
        TagCount = tagCount;
    }

    public EtherType Type { get; }
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Tags of type 0x8100 or 0x88a8 passed on the way.</summary>
    public int TagCount { get; }

    /// <summary>
    /// Whether all of an IP datagram is there, by its own length field. An IPv6 payload length of 0 in front of a hop-by-hop header stands
    /// for a jumbogram (RFC 2675), and an IPv4 total length below its header's for a large frame whose length was left out: neither says
    /// where the datagram ends.
    /// </summary>
    public bool HoldsWholeDatagram => Type switch
    {
        EtherType.Ipv4 => Bytes.Length >= Ipv4HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]) is var total
            && total >= Ipv4HeaderLength && total <= Bytes.Length,
        EtherType.Ipv6 => Bytes.Length >= Ipv6HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(Bytes[4..]) is var payload
            && (payload != 0 || Bytes[6] != 0) && payload <= Bytes.Length - Ipv6HeaderLength,
        _ => false,
    };

    /// <summary>
    /// The group address that IP multicast maps to on Ethernet (RFC 1112 §6.4, RFC 2464 §7), or broadcast for 255.255.255.255;
    /// false for anything else.
    /// </summary>
    public bool TryGetGroupMac(out MacAddress group)
    {
        group = MacAddress.Broadcast;
        if (Type == EtherType.Ipv4 && Bytes.Length >= Ipv4HeaderLength)
        {
            Ipv4Address destination = Ipv4Address.Read(Bytes[16..]);
            if (destination.IsMulticast) group = destination.GroupMac;
            return destination.IsMulticast || destination == Ipv4Address.LimitedBroadcast;
        }

        bool isGroup = Type == EtherType.Ipv6 && Bytes.Length >= Ipv6HeaderLength && Bytes[24] == 0xff;
        if (isGroup) group = Ipv6Address.Read(Bytes[24..]).GroupMac;
        return isGroup;
    }

    public static EthernetPayload BehindTags(ushort etherType, ReadOnlySpan<byte> bytes)
    {
        int tags = 0;
        while ((EtherType)etherType is EtherType.Vlan or EtherType.ServiceVlan && bytes.Length >= VlanTagLength)
        {
            etherType = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            bytes = bytes[VlanTagLength..];
            tags++;
        }

        return new EthernetPayload(etherType, bytes, tags);
    }
}
