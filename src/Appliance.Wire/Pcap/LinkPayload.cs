using System.Buffers.Binary;
using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Pcap;

/// <summary>
/// What the link-layer header of a record says, in Ethernet's terms. The layouts are those of https://www.tcpdump.org/linktypes.html:
/// <code>
/// LINUX_SLL   packet type(2) ARPHRD(2) address length(2) address(8) protocol(2)
/// LINUX_SLL2  protocol(2) reserved(2) interface(4) ARPHRD(2) packet type(1) address length(1) address(8)
/// NULL, LOOP  address family(4)
/// </code>
/// </summary>
internal readonly ref struct LinkPayload
{
    private const int EthernetHeaderLength = 14;
    private const int CookedHeaderLength = 16;
    private const int Cooked2HeaderLength = 20;
    private const int FamilyLength = 4;
    private const int SmallestEtherType = 0x600;                      // below is a length (IEEE 802.3 §3.2.6)
    private const int LargestLength = 1500;
    private const int ArphrdEthernet = 1;
    private static readonly MacAddress NoSource = new(0x0200_0000_0000);

    private LinkPayload(MacAddress destination, MacAddress source, ushort etherType, ReadOnlySpan<byte> bytes)
    {
        Destination = destination;
        Source = source;
        EtherType = etherType;
        Bytes = bytes;
    }

    public MacAddress Destination { get; }
    public MacAddress Source { get; }
    public ushort EtherType { get; }
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Framed, UnknownLinkType or LinkHeaderShort.</summary>
    public static FramingOutcome TryRead(
        LinkType linkType, ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload) => linkType switch
    {
        LinkType.Ethernet => ReadEthernet(bytes, out payload),
        LinkType.Raw or LinkType.Raw12 or LinkType.Raw14 => ReadIp(VersionOf(bytes), bytes, portMac, out payload),
        LinkType.Ipv4 => ReadIp(Ethernet.EtherType.Ipv4, bytes, portMac, out payload),
        LinkType.Ipv6 => ReadIp(Ethernet.EtherType.Ipv6, bytes, portMac, out payload),
        LinkType.Null or LinkType.Loop => ReadFamily(bytes, portMac, out payload),
        LinkType.LinuxCooked => ReadCooked(bytes, portMac, out payload),
        LinkType.LinuxCooked2 => ReadCooked2(bytes, portMac, out payload),
        _ => Nothing(FramingOutcome.UnknownLinkType, out payload),
    };

    private static FramingOutcome ReadEthernet(ReadOnlySpan<byte> bytes, out LinkPayload payload)
    {
        if (bytes.Length < EthernetHeaderLength) return Nothing(FramingOutcome.LinkHeaderShort, out payload);
        ushort etherType = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * MacAddress.Length)..]);
        MacAddress destination = MacAddress.Read(bytes), source = MacAddress.Read(bytes[MacAddress.Length..]);
        payload = new LinkPayload(destination, source, etherType, bytes[EthernetHeaderLength..]);
        return FramingOutcome.Framed;
    }

    /// <summary>A datagram without a link header gets the address that it would have had: its group's, else the port's.</summary>
    private static FramingOutcome ReadIp(EtherType etherType, ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload)
    {
        bool isGroup = EthernetPayload.BehindTags((ushort)etherType, bytes).TryGetGroupMac(out MacAddress group);
        payload = new LinkPayload(isGroup ? group : portMac, NoSource, (ushort)etherType, bytes);
        return FramingOutcome.Framed;
    }

    /// <summary>What is neither version goes as IPv4, whose parser says what is wrong with it.</summary>
    private static EtherType VersionOf(ReadOnlySpan<byte> bytes) =>
        !bytes.IsEmpty && bytes[0] >> 4 == 6 ? Ethernet.EtherType.Ipv6 : Ethernet.EtherType.Ipv4;

    /// <summary>AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 24 (NetBSD, OpenBSD), 28 (FreeBSD) or 30 (macOS).</summary>
    private static FramingOutcome ReadFamily(ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload)
    {
        if (bytes.Length < FamilyLength) return Nothing(FramingOutcome.LinkHeaderShort, out payload);
        uint family = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (family > ushort.MaxValue) family = BinaryPrimitives.ReverseEndianness(family);
        return family switch
        {
            2 => ReadIp(Ethernet.EtherType.Ipv4, bytes[FamilyLength..], portMac, out payload),
            10 or 24 or 28 or 30 => ReadIp(Ethernet.EtherType.Ipv6, bytes[FamilyLength..], portMac, out payload),
            _ => Nothing(FramingOutcome.UnknownLinkType, out payload),
        };
    }

    private static FramingOutcome ReadCooked(ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload)
    {
        if (bytes.Length < CookedHeaderLength) return Nothing(FramingOutcome.LinkHeaderShort, out payload);
        int packetType = BinaryPrimitives.ReadUInt16BigEndian(bytes), arphrd = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int addressLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        MacAddress source = CookedSource(arphrd, addressLength, bytes[6..]);
        return ReadCookedPayload(packetType, arphrd, source, protocol, bytes[CookedHeaderLength..], portMac, out payload);
    }

    private static FramingOutcome ReadCooked2(ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload)
    {
        if (bytes.Length < Cooked2HeaderLength) return Nothing(FramingOutcome.LinkHeaderShort, out payload);
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes), arphrd = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        MacAddress source = CookedSource(arphrd, bytes[11], bytes[12..]);
        return ReadCookedPayload(bytes[10], arphrd, source, protocol, bytes[Cooked2HeaderLength..], portMac, out payload);
    }

    private static MacAddress CookedSource(int arphrd, int addressLength, ReadOnlySpan<byte> address) =>
        arphrd == ArphrdEthernet && addressLength == MacAddress.Length ? MacAddress.Read(address) : NoSource;

    private static FramingOutcome ReadCookedPayload(
        int packetType, int arphrd, MacAddress source, int protocol, ReadOnlySpan<byte> bytes, MacAddress portMac, out LinkPayload payload)
    {
        const int Broadcast = 1, Multicast = 2, Outgoing = 4;         // 0 is to us, 3 to another host
        bool hasEtherType = arphrd is not (770 or 803 or 824);        // frame relay, radiotap, netlink
        if (!hasEtherType) return Nothing(FramingOutcome.UnknownLinkType, out payload);
        ushort etherType = (ushort)(protocol < SmallestEtherType ? Math.Min(bytes.Length, LargestLength) : protocol);
        bool hasGroup = EthernetPayload.BehindTags(etherType, bytes).TryGetGroupMac(out MacAddress group);
        MacAddress destination = packetType switch
        {
            Broadcast => MacAddress.Broadcast,
            Multicast => group,                                       // broadcast where the payload names no group
            Outgoing when hasGroup => group,                          // the type says only who sent it
            _ => portMac,
        };
        payload = new LinkPayload(destination, source, etherType, bytes);
        return FramingOutcome.Framed;
    }

    private static FramingOutcome Nothing(FramingOutcome outcome, out LinkPayload payload)
    {
        payload = default;
        return outcome;
    }
}
