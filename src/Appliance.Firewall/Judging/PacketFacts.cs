using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>What is read of a frame at one of the two places where it is judged.</summary>
internal struct PacketFacts
{
    public PacketKind Kind;
    public TrackKind Track;

    /// <summary>An ICMP reply: it makes no state.</summary>
    public bool IsReply;

    /// <summary>It is not judged here: what the firewall or a link's own protocol sends, and ports that are not looked at.</summary>
    public bool IsExempt;

    public FlowKey Key;
    public PacketView View;

    /// <summary>Of ICMP or ICMPv6, and no fragment.</summary>
    public readonly bool IsMessage => Track is TrackKind.Icmp or TrackKind.Icmpv6;

    /// <summary>Reads a frame, or the head of a train.</summary>
    /// <param name="frame">Parsed; its datagram is IPv4 or IPv6.</param>
    /// <param name="direction">In or out.</param>
    /// <param name="port">Logical, where it is judged.</param>
    public static PacketFacts Read(Frame frame, RuleDirection direction, ushort port)
    {
        ref FrameInfo info = ref frame.Info;
        bool v6 = info.Network == NetworkKind.Ipv6;
        Span<byte> datagram = frame.Datagram;
        Span<byte> transport = datagram[Math.Min(info.TransportOffset - info.NetworkOffset, datagram.Length)..];
        UInt128 source = v6 ? Ipv6Address.Read(datagram[8..]).Value : Ipv4Address.Read(datagram[12..]).Value;
        UInt128 destination = v6 ? Ipv6Address.Read(datagram[24..]).Value : Ipv4Address.Read(datagram[16..]).Value;
        bool isFragment = (info.Traits & FrameTraits.Fragment) != FrameTraits.None;
        TrackKind track = isFragment ? TrackKind.Other : TrackKinds.Of(info.Network, info.Protocol);
        var facts = new PacketFacts { Kind = PacketKind.Flow, Track = track };
        (ushort sourcePort, ushort destinationPort) = isFragment ? default : facts.ReadTransport(transport, ref info, v6);
        if (isFragment) facts.Kind = PacketKind.Fragment;
        bool isIn = direction == RuleDirection.In;
        facts.Key = isIn
            ? new FlowKey(v6, info.Protocol, source, sourcePort, destination, destinationPort, port)
            : new FlowKey(v6, info.Protocol, destination, destinationPort, source, sourcePort, port);
        bool isMessage = facts.IsMessage && transport.Length >= 2;
        facts.View = new PacketView
        {
            Source = source,
            Destination = destination,
            SourcePort = facts.Track is TrackKind.Tcp or TrackKind.Udp or TrackKind.Sctp ? sourcePort : (ushort)0,
            DestinationPort = facts.Track is TrackKind.Tcp or TrackKind.Udp or TrackKind.Sctp ? destinationPort : (ushort)0,
            Port = port,
            ReceivedOn = (info.Traits & FrameTraits.Generated) != FrameTraits.None ? -1 : info.IngressPort,
            Tag = info.Tag,
            Family = (byte)(v6 ? 6 : 4),
            Direction = direction,
            Protocol = info.Protocol,
            Tos = (byte)((v6 ? (datagram[0] << 4) | (datagram[1] >> 4) : datagram[1]) & 0xfc),
            TcpFlags = facts.Track == TrackKind.Tcp && transport.Length > 13 ? transport[13] : (byte)0,
            IcmpType = isMessage ? transport[0] : (byte)0,
            IcmpCode = isMessage ? transport[1] : (byte)0,
            Traits = isFragment ? PacketTraits.LaterFragment : PacketTraits.None,
            Ordinal = (ulong)info.Ordinal,
            Frames = frame.WireFrames,
            Bytes = DatagramBytes(frame),
        };
        return facts;
    }

    /// <summary>IP lengths of all frames that this one stands for, as pf counts.</summary>
    public static long DatagramBytes(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        if (frame.IsContiguousLarge) return info.TrainBytes - ((long)info.TrainFrames * info.NetworkOffset);
        long bytes = info.DatagramLength;
        for (Frame next = frame.IsTrain ? info.Next : default; !next.IsNull; next = next.Info.Next) bytes += next.Info.DatagramLength;
        return bytes;
    }

    /// <summary>
    /// The places that stand for ports in the key: of an ICMP query the identifier with who asks, the type with who answers.
    /// </summary>
    private (ushort Source, ushort Destination) ReadTransport(Span<byte> transport, ref FrameInfo info, bool v6)
    {
        switch (Track)
        {
            case TrackKind.Tcp:
                if (!TcpView.TryParse(transport, out TcpView segment)) Kind = PacketKind.Malformed;
                else if (!SegmentFlags.ArePossible(segment.Flags)) Kind = PacketKind.Impossible;
                return (info.SourcePort, info.DestinationPort);
            case TrackKind.Udp:
                if (!IsWhole(transport, ref info)) Kind = PacketKind.Malformed;
                return (info.SourcePort, info.DestinationPort);
            case TrackKind.Sctp:
                if (!SctpView.TryParse(transport, out _) || info.SourcePort == 0 || info.DestinationPort == 0)
                    Kind = PacketKind.Malformed;
                return (info.SourcePort, info.DestinationPort);
            case TrackKind.Icmp or TrackKind.Icmpv6:
                return ReadQuery(transport, v6);
            default:
                if (info.Protocol == (v6 ? IpProtocol.Icmp : IpProtocol.Icmpv6)) Kind = PacketKind.Impossible;
                return default;
        }
    }

    /// <summary>As pf_setup_pdesc has it. The length of a large frame is that of its segments together.</summary>
    private static bool IsWhole(Span<byte> datagram, ref FrameInfo info) =>
        UdpView.TryParse(datagram, out UdpView view)
        && info.DestinationPort != 0
        && (view.LengthKind == UdpLengthKind.Whole || info.SegmentSize != 0);

    private (ushort Source, ushort Destination) ReadQuery(Span<byte> message, bool v6)
    {
        if (message.Length > 0 && IcmpQuery.IsError(message[0], v6))
        {
            Kind = PacketKind.Error;
            return default;
        }

        if (!IcmpQuery.TryRead(message, v6, out IcmpQuery query))
        {
            Kind = PacketKind.Malformed;
            return default;
        }

        IsReply = query.IsReply;
        return query.IsReply ? (query.QueryType, query.Identifier) : (query.Identifier, query.QueryType);
    }
}
