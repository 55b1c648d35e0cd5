using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;

namespace Appliance.Firewall;

/// <summary>
/// Translates an ICMP or ICMPv6 error about a translated flow (RFC 5508 §4.2, RFC 3022 §4.3): the datagram it quotes gets the endpoints
/// that it has on the other side, with its own checksums as far as they are quoted; so does who the error goes to, and who it comes from
/// when that was the quoted destination's side. All by RFC 1624, in place.
/// </summary>
/// <remarks>
/// As in pf, the error's source becomes the quoted destination's new address whenever that changes: routers behind a port forward do not
/// show their addresses.
/// </remarks>
public static class ErrorRewriter
{
    private const int Ipv4ChecksumAt = 10, Ipv4SourceAt = 12, Ipv4DestinationAt = 16, Ipv6SourceAt = 8, Ipv6DestinationAt = 24;
    private const int IcmpChecksumAt = 2;

    /// <summary>
    /// Rewrites the error in <paramref name="frame"/>, which must be one frame and no train. The caller has found the flow by
    /// <paramref name="quoted"/> and has seen that the error is for its sender (<see cref="QuotedDatagram.IsFor"/>).
    /// </summary>
    /// <param name="frame">Holds an ICMP error that is finished.</param>
    /// <param name="quoted">As read from it.</param>
    /// <param name="to">The endpoints of the quoted datagram on the side that the error goes to.</param>
    public static void Rewrite(Frame frame, in QuotedDatagram quoted, in FrameEndpoints to)
    {
        Span<byte> datagram = frame.Datagram;
        Span<byte> message = datagram[(frame.Info.TransportOffset - frame.Info.NetworkOffset)..];
        ulong difference = RewriteQuotation(message[QuotedDatagram.NetworkOffset..], quoted, to);
        bool v6 = quoted.IsV6;
        UInt128 source = ReadAddress(datagram[(v6 ? Ipv6SourceAt : Ipv4SourceAt)..], v6);
        UInt128 outerSource = quoted.Destination == to.Destination ? source : to.Destination;
        ulong outer = RewriteAddresses(datagram, v6, outerSource, to.Source);
        if (v6) difference += outer;                                    // RFC 4443 §2.3: the pseudo-header
        Span<byte> checksum = message[IcmpChecksumAt..];
        Replace(checksum, ChecksumDelta.Apply(BinaryPrimitives.ReadUInt16BigEndian(checksum), difference));
    }

    /// <summary>Answers the difference that the changes make to the checksum of the message around them.</summary>
    private static ulong RewriteQuotation(Span<byte> datagram, in QuotedDatagram quoted, in FrameEndpoints to)
    {
        ushort before = quoted.IsV6 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(datagram[Ipv4ChecksumAt..]);
        ulong addresses = RewriteAddresses(datagram, quoted.IsV6, to.Source, to.Destination);
        ulong difference = addresses;
        if (!quoted.IsV6) difference += ChecksumDelta.Difference(before, BinaryPrimitives.ReadUInt16BigEndian(datagram[Ipv4ChecksumAt..]));
        Span<byte> transport = datagram[(quoted.TransportOffset - QuotedDatagram.NetworkOffset)..];
        return difference + RewriteTransport(transport, quoted, addresses, to);
    }

    private static ulong RewriteTransport(Span<byte> transport, in QuotedDatagram quoted, ulong addresses, in FrameEndpoints to)
    {
        TransportFields fields = TransportFields.Of(quoted.Kind, quoted.Protocol, transport.IsEmpty ? (byte)0 : transport[0]);
        ulong header = 0;
        uint ports = 0, replaced = 0;
        if (fields.HasPorts)
        {
            ports = BinaryPrimitives.ReadUInt32BigEndian(transport);
            replaced = ((uint)to.SourcePort << 16) | to.DestinationPort;
            BinaryPrimitives.WriteUInt32BigEndian(transport, replaced);
            header = ChecksumDelta.Difference(ports, replaced);
        }
        else if (fields.IdentifierAt != TransportFields.None)
        {
            Span<byte> identifier = transport[fields.IdentifierAt..];
            header = ChecksumDelta.Difference(BinaryPrimitives.ReadUInt16BigEndian(identifier), to.SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(identifier, to.SourcePort);
        }

        if (transport.Length < fields.MinLength) return header;         // its checksum was not quoted
        if (quoted.Kind == TrackKind.Sctp) return header + RewriteCrc(transport, quoted, ports, replaced);
        if (fields.ChecksumAt == TransportFields.None) return header;
        Span<byte> field = transport[fields.ChecksumAt..];
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        if (fields.ZeroIsNone && checksum == 0) return header;
        ushort changed = ChecksumDelta.Apply(checksum, header + (fields.HasPseudoHeader ? addresses : 0));
        if (fields.ZeroIsNone) changed = InternetChecksum.ZeroAsAllOnes(changed);
        return header + Replace(field, changed);
    }

    /// <summary>The quotation's CRC is that of the whole packet, of which only the length is known: enough for a difference.</summary>
    private static ulong RewriteCrc(Span<byte> transport, in QuotedDatagram quoted, uint ports, uint replaced)
    {
        Span<byte> field = transport[8..];
        uint checksum = BinaryPrimitives.ReadUInt32BigEndian(field);
        if (ports == replaced || quoted.OriginalTransportBytes < sizeof(uint)) return 0;
        uint changed = SctpChecksum.ReplacePorts(checksum, ports, replaced, quoted.OriginalTransportBytes);
        BinaryPrimitives.WriteUInt32BigEndian(field, changed);
        return ChecksumDelta.Difference(checksum, changed);
    }

    /// <summary>Both addresses of an IP header and its checksum. Answers the difference that the addresses make.</summary>
    private static ulong RewriteAddresses(Span<byte> datagram, bool v6, UInt128 source, UInt128 destination)
    {
        Span<byte> sourceAt = datagram[(v6 ? Ipv6SourceAt : Ipv4SourceAt)..];
        Span<byte> destinationAt = datagram[(v6 ? Ipv6DestinationAt : Ipv4DestinationAt)..];
        ulong difference = ReplaceAddress(sourceAt, v6, source) + ReplaceAddress(destinationAt, v6, destination);
        if (v6) return difference;
        Span<byte> checksum = datagram[Ipv4ChecksumAt..];
        BinaryPrimitives.WriteUInt16BigEndian(checksum, ChecksumDelta.Apply(BinaryPrimitives.ReadUInt16BigEndian(checksum), difference));
        return difference;
    }

    private static ulong ReplaceAddress(Span<byte> at, bool v6, UInt128 address)
    {
        UInt128 old = ReadAddress(at, v6);
        if (v6) BinaryPrimitives.WriteUInt128BigEndian(at, address);
        else BinaryPrimitives.WriteUInt32BigEndian(at, (uint)address);
        return v6 ? ChecksumDelta.Difference(old, address) : ChecksumDelta.Difference((uint)old, (uint)address);
    }

    private static UInt128 ReadAddress(Span<byte> at, bool v6) =>
        v6 ? BinaryPrimitives.ReadUInt128BigEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);

    private static ulong Replace(Span<byte> at, ushort value)
    {
        ushort old = BinaryPrimitives.ReadUInt16BigEndian(at);
        BinaryPrimitives.WriteUInt16BigEndian(at, value);
        return ChecksumDelta.Difference(old, value);
    }
}
