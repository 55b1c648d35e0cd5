using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload;

/// <summary>
/// A contiguous large frame: one slot, one set of headers with the lengths of the whole, and the payload of several segments that a port
/// joined or never cut. It stands for these segments wherever frames are counted.
/// </summary>
public static class LargeFrame
{
    /// <summary>Ethernet, tags, IP with all that stands before the transport header, and that; a longer one is not taken apart.</summary>
    public const int MaxHeaderBytes = 256;

    /// <summary>What Linux cuts at most out of one UDP frame.</summary>
    public const int MaxUdpSegments = 128;

    private const int MaxTags = 16;

    /// <summary>
    /// For a port that received a frame and was told its segment size: checks that the frame can stand for segments, and fills the fields
    /// that say so. False: it is an ordinary frame, whatever its length, and stays unchanged. What the port knows of the checksum it says
    /// in <see cref="FrameInfo.Checksum"/>; a large frame counts in ordinals as its segments.
    /// </summary>
    /// <param name="frame">Just received: nothing of it has been parsed. Only TCP and UDP can be large.</param>
    /// <param name="segmentPayloadBytes">Payload of each segment but the last, which has the rest.</param>
    /// <param name="fixedIdentification">All segments had one IPv4 identification; counts with DF only (RFC 6864 §4.1).</param>
    public static bool TryDescribe(Frame frame, int segmentPayloadBytes, bool fixedIdentification = false)
    {
        if (segmentPayloadBytes is <= 0 or > ushort.MaxValue) return false;
        Span<byte> bytes = frame.Bytes;
        if (!TryFindDatagram(bytes, out int network, out EtherType type)) return false;
        Span<byte> datagram = bytes[network..];
        bool found = type == EtherType.Ipv4
            ? TryFindTransport4(datagram, out int transport, out IpProtocol protocol)
            : TryFindTransport6(datagram, out transport, out protocol);
        if (!found || !TryMeasureTransport(datagram[transport..], protocol, out int transportHeader)) return false;

        int header = network + transport + transportHeader;
        int payload = bytes.Length - header;
        if (header > MaxHeaderBytes || payload <= segmentPayloadBytes) return false;
        int segments = (payload + segmentPayloadBytes - 1) / segmentPayloadBytes;
        ref FrameInfo info = ref frame.Info;
        info.SegmentSize = (ushort)segmentPayloadBytes;
        info.TrainFrames = segments;
        info.TrainBytes = (segments * header) + payload;
        info.TrainLargest = header - network + segmentPayloadBytes;
        bool dontFragment = type == EtherType.Ipv4 && (datagram[6] & 0x40) != 0;
        if (fixedIdentification && dontFragment) info.Traits |= FrameTraits.FixedIdentification;
        return true;
    }

    /// <summary>
    /// Whether a port that cuts by itself puts the same segments on the wire as <see cref="Segmenter"/> would. One that reduced its
    /// congestion window, or says what is reserved, is cut here: cutters differ about which segments say it again. So is one whose
    /// checksum may be wrong, and one whose pseudo-header may have other addresses than its IP header (RFC 8200 §8.1).
    /// </summary>
    public static bool MayLeaveWhole(Frame large, PortCapabilities port)
    {
        ref FrameInfo info = ref large.Info;
        bool isTcp = info.Protocol == IpProtocol.Tcp;
        PortCapabilities needed = isTcp ? PortCapabilities.Segmentation : PortCapabilities.UdpSegmentation;
        if ((port & needed) == PortCapabilities.None) return false;
        Span<byte> transport = large.Bytes[info.TransportOffset..];
        if (isTcp) return IsSumSure(ref info) && (transport[12] & 0x0f) == 0 && (transport[13] & (byte)TcpFlags.Cwr) == 0;
        return info.Checksum == ChecksumState.Partial && info.TrainFrames <= MaxUdpSegments;
    }

    /// <summary>
    /// Whether the transport checksum needs no look: it is to be made, or good; though behind IPv6 extension headers a good one may be of
    /// another pseudo-header than the addresses make (RFC 8200 §8.1).
    /// </summary>
    internal static bool IsSumSure(ref FrameInfo info) =>
        info.Checksum == ChecksumState.Partial
        || (info.Checksum == ChecksumState.Good
            && (info.Network == NetworkKind.Ipv4 || (info.Traits & FrameTraits.Options) == FrameTraits.None));

    private static bool TryFindDatagram(Span<byte> bytes, out int network, out EtherType type)
    {
        network = EthernetView.HeaderLength;
        type = default;
        if (!EthernetView.TryParse(bytes, out EthernetView ethernet)) return false;
        type = ethernet.EtherType;
        for (int tags = 0; type is EtherType.Vlan or EtherType.ServiceVlan; tags++)
        {
            if (tags == MaxTags || !VlanTagView.TryParse(bytes[network..], out VlanTagView tag)) return false;
            type = tag.EtherType;
            network += VlanTagView.HeaderLength;
        }

        return type is EtherType.Ipv4 or EtherType.Ipv6;
    }

    /// <summary>A datagram that fills the frame and is no fragment (RFC 791 §3.1).</summary>
    private static bool TryFindTransport4(Span<byte> datagram, out int transport, out IpProtocol protocol)
    {
        transport = 0;
        protocol = default;
        if (datagram.Length < Ipv4View.MinHeaderLength || datagram[0] >> 4 != 4) return false;
        transport = (datagram[0] & 15) * 4;
        protocol = (IpProtocol)datagram[9];
        bool isFragment = ((datagram[6] & 0x3f) | datagram[7]) != 0;
        int total = (datagram[2] << 8) | datagram[3];
        return !isFragment && transport >= Ipv4View.MinHeaderLength && total == datagram.Length && transport < total;
    }

    /// <summary>
    /// The same (RFC 8200 §3): extension headers may stand in front, but none that speaks of fragments, even of one alone.
    /// </summary>
    private static bool TryFindTransport6(Span<byte> datagram, out int transport, out IpProtocol protocol)
    {
        transport = 0;
        protocol = default;
        if (datagram.Length < Ipv6View.HeaderLength || datagram[0] >> 4 != 6) return false;
        int total = Ipv6View.HeaderLength + ((datagram[4] << 8) | datagram[5]);
        if (total != datagram.Length) return false;
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        transport = chain.TransportOffset;
        protocol = chain.Protocol;
        return chain.Outcome == Ipv6WalkOutcome.Complete && chain.FragmentHeaderCount == 0 && transport < total;
    }

    private static bool TryMeasureTransport(Span<byte> segment, IpProtocol protocol, out int header)
    {
        header = 0;
        if (protocol == IpProtocol.Tcp)
        {
            if (!TcpView.TryParse(segment, out TcpView tcp)) return false;
            header = tcp.HeaderLength;
            return (tcp.Flags & (TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Urg)) == TcpFlags.None;
        }

        header = UdpView.HeaderLength;
        return protocol == IpProtocol.Udp && segment.Length >= header && ((segment[4] << 8) | segment[5]) == segment.Length;
    }
}
