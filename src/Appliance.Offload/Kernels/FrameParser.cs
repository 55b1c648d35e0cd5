using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// Reads a frame's headers once and writes what it found into its <see cref="FrameInfo"/>. Every length is checked before a byte behind
/// it is read; what contradicts itself is answered with the reason to drop it. Checks stand in the order in which semantics demand them:
/// link, tags, type, then the IP header as RFC 1812 §5.2.2 and RFC 8200 §3 have it.
/// </summary>
internal static unsafe class FrameParser
{
    /// <summary>Tags that are looked through, priority tags included. A frame with more has a VLAN nobody configured.</summary>
    public const int MaxTags = 16;

    private const int EthernetHeader = 14;
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;

    public static DropReason Parse(Frame frame, PortTable ports, WorkerCounters counters)
    {
        var plain = new PlainFrame(ports[frame.Info.IngressPort]);
        return plain.TryParse(frame) ? DropReason.None : ParseOther(frame, ports, counters);
    }

    /// <summary>
    /// A frame that the host sends by its end of a port. Of its link only the type counts: it is not from the wire, and untagged, for every
    /// sub-port has an end of its own.
    /// </summary>
    public static DropReason ParseOfHost(Frame frame)
    {
        if (frame.Length < EthernetHeader) return DropReason.Short;
        ref FrameInfo info = ref frame.Info;
        info.EtherType = (EtherType)ReadUInt16(frame.Pointer + 12);
        info.NetworkOffset = EthernetHeader;
        return info.EtherType is EtherType.Vlan or EtherType.ServiceVlan ? DropReason.Vlan : ParseNetwork(frame);
    }

    /// <summary>Any frame, one check after the other.</summary>
    public static DropReason ParseOther(Frame frame, PortTable ports, WorkerCounters counters)
    {
        if (frame.Length < EthernetHeader) return DropReason.Short;
        DropReason refused = ParseLink(frame, ports, counters);
        return refused != DropReason.None ? refused : ParseNetwork(frame);
    }

    private static DropReason ParseNetwork(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        byte* network = frame.Pointer + info.NetworkOffset;             // slots do not move
        int available = frame.Length - info.NetworkOffset;
        return info.EtherType switch
        {
            EtherType.Ipv4 => ParseIpv4(network, available, ref info),
            EtherType.Ipv6 => ParseIpv6(network, available, ref info),
            EtherType.Arp => ParseArp(available, ref info),
            _ => DropReason.Ethertype,
        };
    }

    private static DropReason ParseLink(Frame frame, PortTable ports, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        byte* bytes = frame.Pointer;
        PortFacts port = ports[info.IngressPort];
        ulong destination = ReadMac(bytes);
        if (ReadMac(bytes + 6) == port.Mac.Value) return DropReason.OwnSource;
        bool isGroup = (bytes[0] & 1) != 0;
        bool isOther = !isGroup && !port.AnyDestination && destination != port.Mac.Value;
        if (isGroup) info.Traits |= FrameTraits.L2Group;
        if (isOther && !CarpAddresses.IsVirtual(new MacAddress(destination))) return DropReason.NotForUs;

        var type = (EtherType)ReadUInt16(bytes + 12);
        int offset = EthernetHeader;
        if (type is EtherType.Vlan or EtherType.ServiceVlan)
        {
            DropReason refused = ParseTags(frame, ref offset, ref type, ports, counters);
            if (refused != DropReason.None) return refused;
        }

        info.EtherType = type;
        info.NetworkOffset = offset;
        bool isHere = !isOther || ports[info.IngressPort].VirtualHosts is { } hosts && hosts.Takes(new MacAddress(destination));
        return isHere ? DropReason.None : DropReason.NotForUs;
    }

    /// <summary>
    /// Takes the tags off, one after the other: each configured one leads to its sub-port, VLAN 0 is a priority and no VLAN (IEEE 802.1Q
    /// §9.6).
    /// </summary>
    private static DropReason ParseTags(Frame frame, ref int offset, ref EtherType type, PortTable ports, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        byte* bytes = frame.Pointer;
        info.Traits |= FrameTraits.Tagged;
        for (int tags = 0; type is EtherType.Vlan or EtherType.ServiceVlan; tags++)
        {
            if (tags == MaxTags) return DropReason.Vlan;
            if (frame.Length < offset + 4) return DropReason.Short;
            int vlan = ReadUInt16(bytes + offset) & 0xfff;
            type = (EtherType)ReadUInt16(bytes + offset + 2);
            offset += 4;
            if (vlan == 0) continue;
            int subport = ports.FindSubport(info.IngressPort, vlan);
            if (subport < 0) return DropReason.Vlan;
            info.IngressPort = (ushort)subport;
            ref PortCounters count = ref counters.Port(subport);
            count.FramesIn += frame.WireFrames;
            count.BytesIn += frame.WireBytes;
        }

        return DropReason.None;
    }

    private static DropReason ParseArp(int available, ref FrameInfo info)
    {
        info.Network = NetworkKind.Arp;
        info.DatagramLength = available;
        info.TransportOffset = info.NetworkOffset + available;
        return DropReason.None;
    }

    private static DropReason ParseIpv4(byte* ip, int available, ref FrameInfo info)
    {
        if (available < Ipv4Header) return DropReason.Short;
        if (ip[0] >> 4 != 4) return DropReason.IpHeader;
        int headerLength = (ip[0] & 15) * 4;
        if (headerLength < Ipv4Header) return DropReason.IpHeader;
        if (available < headerLength) return DropReason.Short;
        if (!IsHeaderSumRight(ip, headerLength)) return DropReason.BadIpChecksum;
        int total = ReadUInt16(ip + 2);
        if (total < headerLength) return DropReason.IpHeader;
        if (available < total) return DropReason.Short;

        info.Network = NetworkKind.Ipv4;
        info.DatagramLength = total;
        info.TransportOffset = info.NetworkOffset + headerLength;
        info.Protocol = (IpProtocol)ip[9];
        int fragment = ReadUInt16(ip + 6) & 0x3fff;
        if ((fragment & 0x1fff) != 0) info.Traits |= FrameTraits.LaterFragment;
        else if (fragment != 0) info.Traits |= FrameTraits.FirstFragment;
        if (headerLength > Ipv4Header)
        {
            DropReason refused = ParseOptions(ip, headerLength, ref info);
            if (refused != DropReason.None) return refused;
        }

        if ((info.Traits & FrameTraits.LaterFragment) == 0) ParseTransport(ip + headerLength, total - headerLength, ref info);
        return DropReason.None;
    }

    /// <summary>
    /// Options must be well formed; loose and strict source route are remembered (RFC 791 §3.1). All others pass untouched.
    /// </summary>
    private static DropReason ParseOptions(byte* ip, int headerLength, ref FrameInfo info)
    {
        info.Traits |= FrameTraits.Options;
        var options = new Ipv4OptionReader(new ReadOnlySpan<byte>(ip + Ipv4Header, headerLength - Ipv4Header));
        while (options.MoveNext())
        {
            if (options.Current.IsSourceRoute) info.Traits |= FrameTraits.SourceRoute;
        }

        return options.IsMalformed ? DropReason.IpHeader : DropReason.None;
    }

    private static DropReason ParseIpv6(byte* ip, int available, ref FrameInfo info)
    {
        if (available < Ipv6Header) return DropReason.Short;
        if (ip[0] >> 4 != 6) return DropReason.IpHeader;
        int total = Ipv6Header + ReadUInt16(ip + 4);
        if (available < total) return DropReason.Short;

        info.Network = NetworkKind.Ipv6;
        info.DatagramLength = total;
        info.Protocol = (IpProtocol)ip[6];
        info.TransportOffset = info.NetworkOffset + Ipv6Header;
        if (info.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmpv6))
        {
            DropReason refused = WalkExtensions(ip, total, ref info);
            if (refused != DropReason.None) return refused;
        }

        if ((info.Traits & FrameTraits.LaterFragment) == 0)
        {
            int transport = info.TransportOffset - info.NetworkOffset;
            ParseTransport(ip + transport, total - transport, ref info);
        }

        return DropReason.None;
    }

    private static DropReason WalkExtensions(byte* ip, int total, ref FrameInfo info)
    {
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(new ReadOnlySpan<byte>(ip, total));
        if (chain.Outcome == Ipv6WalkOutcome.Truncated) return DropReason.Short;
        if (chain.Outcome == Ipv6WalkOutcome.TooManyHeaders) return DropReason.IpHeader;
        info.Protocol = chain.Protocol;
        info.TransportOffset = info.NetworkOffset + chain.TransportOffset;
        if (chain.TransportOffset > Ipv6Header) info.Traits |= FrameTraits.Options;
        if (chain.RoutingHeaderOffset != 0) info.Traits |= FrameTraits.RoutingHeader;
        if (chain.HasRoutingType0) info.Traits |= FrameTraits.SourceRoute;
        if (chain.IsNonFirstFragment) info.Traits |= FrameTraits.LaterFragment;
        else if (chain.MoreFragments || chain.FragmentHeaderCount > 1) info.Traits |= FrameTraits.FirstFragment;     // legal once only
        return DropReason.None;
    }

    /// <summary>Ports, echo identifiers and what kind of ICMP message it is, as far as the datagram reaches.</summary>
    private static void ParseTransport(byte* transport, int available, ref FrameInfo info)
    {
        switch (info.Protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp:
                if (available < 4) return;
                info.SourcePort = ReadUInt16(transport);
                info.DestinationPort = ReadUInt16(transport + 2);
                info.Traits |= FrameTraits.Ports;
                return;
            case IpProtocol.Icmp when info.Network == NetworkKind.Ipv4:
                ParseIcmp(transport, available, ref info);
                return;
            case IpProtocol.Icmpv6 when info.Network == NetworkKind.Ipv6:
                ParseIcmpv6(transport, available, ref info);
                return;
            case IpProtocol.Carp:
                info.Traits |= FrameTraits.Failover;
                return;
        }
    }

    private static void ParseIcmp(byte* icmp, int available, ref FrameInfo info)
    {
        if (available < 8)
        {
            info.Traits |= FrameTraits.IcmpError;           // too short to tell: nothing is said about it
            return;
        }

        if (icmp[0] is 0 or 8) TakeEchoIdentifier(icmp, ref info);
        else if (icmp[0] is 3 or 4 or 5 or 11 or 12) info.Traits |= FrameTraits.IcmpError;      // RFC 1812 §4.3.2.7
    }

    private static void ParseIcmpv6(byte* icmp, int available, ref FrameInfo info)
    {
        if (available < 8)
        {
            info.Traits |= FrameTraits.IcmpError;
            return;
        }

        byte type = icmp[0];
        if (type is 128 or 129) TakeEchoIdentifier(icmp, ref info);
        else if (type is >= 133 and <= 137) info.Traits |= FrameTraits.NeighborMessage;
        if (type is < 128 or 137) info.Traits |= FrameTraits.IcmpError;                         // RFC 4443 §2.4 (e)
    }

    private static void TakeEchoIdentifier(byte* icmp, ref FrameInfo info)
    {
        info.SourcePort = info.DestinationPort = ReadUInt16(icmp + 4);
        info.Traits |= FrameTraits.Ports;
    }

    /// <summary>RFC 1071: the header, its checksum included, adds up to all ones.</summary>
    private static bool IsHeaderSumRight(byte* ip, int headerLength)
    {
        ulong sum = Unsafe.ReadUnaligned<uint>(ip) + (ulong)Unsafe.ReadUnaligned<uint>(ip + 4) + Unsafe.ReadUnaligned<uint>(ip + 8)
            + Unsafe.ReadUnaligned<uint>(ip + 12) + Unsafe.ReadUnaligned<uint>(ip + 16);
        for (int i = Ipv4Header; i < headerLength; i += 4)
            sum += Unsafe.ReadUnaligned<uint>(ip + i);
        sum = (sum & 0xffff_ffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return sum == 0xffff;
    }

    private static ushort ReadUInt16(byte* bytes) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(bytes));

    private static ulong ReadMac(byte* bytes) =>
        ((ulong)ReadUInt16(bytes) << 32) | BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(bytes + 2));
}
