using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The datagram that an ICMP or ICMPv6 error quotes: which flow the error is about. Nothing of a quotation can be believed but that it is
/// there; it belongs to a flow only when the error goes to whom the quotation says sent it (<see cref="IsFor"/>).
/// <code>
///   | IP header | ICMP: type, code, checksum, 4 bytes | quoted IP header | 8 bytes or more of its transport |
///               0                                     8                  TransportOffset
/// </code>
/// </summary>
public readonly struct QuotedDatagram
{
    /// <summary>Where the quotation starts in the ICMP message.</summary>
    public const int NetworkOffset = 8;                                 // bytes

    private const int MinTransport = 8;                                 // bytes that RFC 792 has quoted
    private const int PortsLength = 4;

    public bool IsV6 { get; private init; }
    public IpProtocol Protocol { get; private init; }

    /// <summary>An IPv4 address in the low 32 bits.</summary>
    public UInt128 Source { get; private init; }

    public UInt128 Destination { get; private init; }

    /// <summary>A port, or the identifier of an ICMP query; 0 where the protocol has none.</summary>
    public ushort SourcePort { get; private init; }

    public ushort DestinationPort { get; private init; }

    /// <summary>The first word behind the ports: TCP's sequence number, SCTP's verification tag.</summary>
    public uint SecondWord { get; private init; }

    /// <summary>Of an ICMP query: how its flow is told from others.</summary>
    public IcmpQuery Query { get; private init; }

    /// <summary>Of the quoted transport header, in the ICMP message.</summary>
    public int TransportOffset { get; private init; }

    /// <summary>Bytes of the quoted transport that are there.</summary>
    public int TransportBytes { get; private init; }

    /// <summary>Bytes that the transport had, as the quoted IP header says; it may lie.</summary>
    public int OriginalTransportBytes { get; private init; }

    public TrackKind Kind { get; private init; }

    /// <summary>
    /// Reads the quotation. False when the message is no error, quotes another family or not even an IP header and 8 bytes of a transport
    /// that has ports or identifiers, quotes a fragment after the first, whose flow nobody knows, or quotes an ICMP error.
    /// </summary>
    /// <param name="message">From the ICMP header's first byte to the datagram's end.</param>
    /// <param name="v6">The family of the IP header in front.</param>
    public static bool TryRead(Span<byte> message, bool v6, out QuotedDatagram quoted)
    {
        quoted = default;
        if (message.Length < NetworkOffset || !IcmpQuery.IsError(message[0], v6)) return false;
        Span<byte> datagram = message[NetworkOffset..];
        bool isThere = v6 ? TryReadIpv6(datagram, out quoted) : TryReadIpv4(datagram, out quoted);
        return isThere && TryReadTransport(message, ref quoted);
    }

    /// <summary>
    /// Whether an error with this destination may be about the quoted datagram: its sender, as the wire that the error comes by knows it,
    /// is who must hear of it (CVE-2019-5598: pf passed errors on to others).
    /// </summary>
    public bool IsFor(UInt128 outerDestination) => outerDestination == Source;

    private static bool TryReadIpv4(Span<byte> datagram, out QuotedDatagram quoted)
    {
        quoted = default;
        if (!Ipv4View.TryParse(datagram, out Ipv4View ip) || ip.FragmentOffsetBytes != 0) return false;
        quoted = new QuotedDatagram
        {
            Protocol = ip.Protocol,
            Source = ip.Source.Value,
            Destination = ip.Destination.Value,
            TransportOffset = NetworkOffset + ip.HeaderLength,
            OriginalTransportBytes = Math.Max(0, ip.TotalLength - ip.HeaderLength),
        };
        return true;
    }

    private static bool TryReadIpv6(Span<byte> datagram, out QuotedDatagram quoted)
    {
        quoted = default;
        if (!Ipv6View.TryParse(datagram, out Ipv6View ip)) return false;
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        if (chain.Outcome != Ipv6WalkOutcome.Complete || chain.IsNonFirstFragment || chain.FragmentHeaderCount > 1) return false;
        quoted = new QuotedDatagram
        {
            IsV6 = true,
            Protocol = chain.Protocol,
            Source = ip.Source.Value,
            Destination = ip.Destination.Value,
            TransportOffset = NetworkOffset + chain.TransportOffset,
            OriginalTransportBytes = Math.Max(0, Ipv6View.HeaderLength + ip.PayloadLength - chain.TransportOffset),
        };
        return true;
    }

    private static bool TryReadTransport(Span<byte> message, ref QuotedDatagram quoted)
    {
        Span<byte> transport = message[quoted.TransportOffset..];
        TrackKind kind = TrackKinds.Of(quoted.IsV6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4, quoted.Protocol);
        quoted = quoted with { Kind = kind, TransportBytes = transport.Length };
        if (kind == TrackKind.Other) return true;
        if (transport.Length < MinTransport) return false;
        if (kind is TrackKind.Icmp or TrackKind.Icmpv6)
        {
            if (!IcmpQuery.TryRead(transport, quoted.IsV6, out IcmpQuery query)) return false;
            quoted = quoted with { Query = query, SourcePort = query.Identifier, DestinationPort = query.Identifier };
            return true;
        }

        quoted = quoted with
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]),
            SecondWord = BinaryPrimitives.ReadUInt32BigEndian(transport[PortsLength..]),
        };
        return true;
    }
}
