using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>
/// The slow twin: what a frame is by the views of Wire, one header after the other, each check where the standard has it.
/// </summary>
internal static class SlowParser
{
    private const int MaxTags = 16;

    public static ParsedFrame Parse(byte[] frame, PortTable ports, int port)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet)) return new ParsedFrame(DropReason.Short, port);
        if (ethernet.Source == ports[port].Mac) return new ParsedFrame(DropReason.OwnSource, port);
        bool isForUs = ethernet.Destination.IsGroup || ports[port].AnyDestination || ethernet.Destination == ports[port].Mac;
        bool isVirtual = ethernet.Destination.ToString().StartsWith("00:00:5e:00:01:", StringComparison.Ordinal);
        if (!isForUs && !isVirtual) return new ParsedFrame(DropReason.NotForUs, port);

        FrameTraits traits = ethernet.Destination.IsGroup ? FrameTraits.L2Group : FrameTraits.None;
        EtherType type = ethernet.EtherType;
        Span<byte> rest = ethernet.Payload;
        for (int tags = 0; VlanTagView.Announces(type); tags++)
        {
            traits |= FrameTraits.Tagged;
            if (tags == MaxTags) return new ParsedFrame(DropReason.Vlan, port);
            if (!VlanTagView.TryParse(rest, out VlanTagView tag)) return new ParsedFrame(DropReason.Short, port);
            if (tag.VlanId != 0 && ports.FindSubport(port, tag.VlanId) < 0) return new ParsedFrame(DropReason.Vlan, port);
            if (tag.VlanId != 0) port = ports.FindSubport(port, tag.VlanId);
            type = tag.EtherType;
            rest = tag.Payload;
        }

        bool isHeld = ports[port].VirtualHosts?.Takes(ethernet.Destination) ?? false;
        if (!isForUs && !isHeld) return new ParsedFrame(DropReason.NotForUs, port);
        int offset = frame.Length - rest.Length;
        var found = new ParsedFrame(DropReason.None, port) { EtherType = type, Traits = traits, NetworkOffset = offset };
        return type switch
        {
            EtherType.Arp => found with { Network = NetworkKind.Arp, DatagramLength = rest.Length, TransportOffset = frame.Length },
            EtherType.Ipv4 => Ipv4(found, rest),
            EtherType.Ipv6 => Ipv6(found, rest),
            _ => new ParsedFrame(DropReason.Ethertype, port),
        };
    }

    /// <summary>RFC 1812 §5.2.2.</summary>
    private static ParsedFrame Ipv4(ParsedFrame found, Span<byte> bytes)
    {
        if (bytes.Length < Ipv4View.MinHeaderLength) return Refuse(found, DropReason.Short);
        if (bytes[0] >> 4 != 4 || (bytes[0] & 15) < 5) return Refuse(found, DropReason.IpHeader);
        if (!Ipv4View.TryParse(bytes, out Ipv4View view)) return Refuse(found, DropReason.Short);
        if (PlainChecksum.Sum(view.Header) != 0xffff) return Refuse(found, DropReason.BadIpChecksum);
        if (view.IsTotalLengthBelowHeader) return Refuse(found, DropReason.IpHeader);
        if (view.IsTruncated) return Refuse(found, DropReason.Short);
        if (!TryReadOptions(view.Options, out bool hasSourceRoute)) return Refuse(found, DropReason.IpHeader);

        found = found with
        {
            Network = NetworkKind.Ipv4,
            DatagramLength = view.Datagram.Length,
            TransportOffset = found.NetworkOffset + view.HeaderLength,
            Protocol = view.Protocol,
            Traits = found.Traits
                | (view.Options.IsEmpty ? FrameTraits.None : FrameTraits.Options)
                | (hasSourceRoute ? FrameTraits.SourceRoute : FrameTraits.None)
                | FragmentTraits(view.FragmentOffsetBytes > 0, view.MoreFragments),
        };
        return view.FragmentOffsetBytes > 0 ? found : Transport(found, view.Payload);
    }

    /// <summary>RFC 791 §3.1, octet by octet.</summary>
    private static bool TryReadOptions(ReadOnlySpan<byte> options, out bool hasSourceRoute)
    {
        hasSourceRoute = false;
        for (int i = 0; i < options.Length && options[i] != 0;)
        {
            if (options[i] == 1)
            {
                i++;
                continue;
            }

            if (i + 1 == options.Length || options[i + 1] < 2 || i + options[i + 1] > options.Length) return false;
            hasSourceRoute |= options[i] is 131 or 137;
            i += options[i + 1];
        }

        return true;
    }

    /// <summary>RFC 8200 §3 and §4.</summary>
    private static ParsedFrame Ipv6(ParsedFrame found, Span<byte> bytes)
    {
        if (bytes.Length < Ipv6View.HeaderLength) return Refuse(found, DropReason.Short);
        if (!Ipv6View.TryParse(bytes, out Ipv6View view)) return Refuse(found, DropReason.IpHeader);
        if (view.IsTruncated) return Refuse(found, DropReason.Short);
        Ipv6HeaderChain chain = view.HeaderChain;
        if (chain.Outcome == Ipv6WalkOutcome.Truncated) return Refuse(found, DropReason.Short);
        if (chain.Outcome == Ipv6WalkOutcome.TooManyHeaders) return Refuse(found, DropReason.IpHeader);

        found = found with
        {
            Network = NetworkKind.Ipv6,
            DatagramLength = view.Datagram.Length,
            TransportOffset = found.NetworkOffset + chain.TransportOffset,
            Protocol = chain.Protocol,
            Traits = found.Traits
                | (chain.ExtensionHeaderCount > 0 ? FrameTraits.Options : FrameTraits.None)
                | (chain.RoutingHeaderOffset > 0 ? FrameTraits.RoutingHeader : FrameTraits.None)
                | (chain.HasRoutingType0 ? FrameTraits.SourceRoute : FrameTraits.None)
                | FragmentTraits(chain.IsNonFirstFragment, chain.MoreFragments),
        };
        return chain.IsNonFirstFragment ? found : Transport(found, view.Datagram[chain.TransportOffset..]);
    }

    private static FrameTraits FragmentTraits(bool isLater, bool more) =>
        isLater ? FrameTraits.LaterFragment : more ? FrameTraits.FirstFragment : FrameTraits.None;

    private static ParsedFrame Transport(ParsedFrame found, Span<byte> bytes) => (found.Protocol, found.Network) switch
    {
        (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp, _) => Ports(found, bytes),
        (IpProtocol.Icmp, NetworkKind.Ipv4) => Icmp(found, bytes, [0, 8], [3, 4, 5, 11, 12], []),
        (IpProtocol.Icmpv6, NetworkKind.Ipv6) =>
            Icmp(found, bytes, [128, 129], [.. Enumerable.Range(0, 128), 137], [133, 134, 135, 136, 137]),
        (IpProtocol.Carp, _) => found with { Traits = found.Traits | FrameTraits.Failover },
        _ => found,
    };

    private static ParsedFrame Ports(ParsedFrame found, Span<byte> bytes)
    {
        if (!TransportPortsView.TryParse(bytes, out TransportPortsView view)) return found;
        return found with
        {
            SourcePort = view.SourcePort,
            DestinationPort = view.DestinationPort,
            Traits = found.Traits | FrameTraits.Ports,
        };
    }

    private static ParsedFrame Icmp(ParsedFrame found, Span<byte> bytes, int[] echoes, int[] errors, int[] neighbours)
    {
        if (bytes.Length < 8) return found with { Traits = found.Traits | FrameTraits.IcmpError };
        FrameTraits traits = found.Traits
            | (echoes.Contains(bytes[0]) ? FrameTraits.Ports : FrameTraits.None)
            | (errors.Contains(bytes[0]) ? FrameTraits.IcmpError : FrameTraits.None)
            | (neighbours.Contains(bytes[0]) ? FrameTraits.NeighborMessage : FrameTraits.None);
        ushort identifier = echoes.Contains(bytes[0]) ? (ushort)((bytes[4] << 8) | bytes[5]) : (ushort)0;
        return found with { Traits = traits, SourcePort = identifier, DestinationPort = identifier };
    }

    private static ParsedFrame Refuse(ParsedFrame found, DropReason reason) => new(reason, found.IngressPort);
}
