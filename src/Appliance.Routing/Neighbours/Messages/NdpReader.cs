using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Routing;

/// <summary>
/// What messages of neighbour discovery mean for own addresses and for neighbours (RFC 4861 §7.2, RFC 4862 §5.4). Redirects are for hosts
/// and change nothing here; router advertisements are the host path's.
/// </summary>
internal sealed class NdpReader(AddressClaims claims, NeighbourResolver neighbours, ControlSpeaker speaker)
{
    /// <summary>False: it is not to be read, or not to be believed.</summary>
    public bool Receive(in ControlFrame frame, Span<byte> bytes, NeighbourFacts facts, MonotonicTime now)
    {
        if (!TryCut(bytes[frame.Offset..], out Span<byte> datagram, out int offset)) return false;
        Span<byte> message = datagram[offset..];
        Ipv6Address source = Ipv6Address.Read(datagram[8..]), destination = Ipv6Address.Read(datagram[24..]);
        if (source != Ipv6Address.Any && AddressRules.IsMartianSource(source)) return false;
        if (NdpValidity.Judge(source, destination, datagram[7], message) != NdpVerdict.Valid) return false;
        if (!NdpDatagram.IsRight(datagram, offset)) return false;
        int port = frame.Port;
        if (NeighborSolicitationView.TryParse(message, out NeighborSolicitationView solicitation))
            Solicited(port, frame.Source, source, solicitation, facts, now);
        else if (NeighborAdvertisementView.TryParse(message, out NeighborAdvertisementView advertisement))
            Advertised(port, frame.Source, advertisement, facts, now);
        else if (RouterSolicitationView.TryParse(message, out RouterSolicitationView router))
            Hear(port, source, router.SourceLinkLayerAddress, facts, now);              // RFC 4861 §6.2.6
        return true;
    }

    /// <summary>A datagram that is whole and no fragment (RFC 6980 §5), as long as it says, and where its message begins.</summary>
    private static bool TryCut(Span<byte> bytes, out Span<byte> datagram, out int offset)
    {
        datagram = default;
        offset = 0;
        if (!Ipv6View.TryParse(bytes, out Ipv6View ip)) return false;
        int length = Ipv6View.HeaderLength + ip.PayloadLength;
        if (length > bytes.Length) return false;
        datagram = bytes[..length];
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        offset = chain.TransportOffset;
        bool isWhole = chain.Outcome == Ipv6WalkOutcome.Complete && chain.FragmentHeaderCount == 0 && chain.RoutingHeaderOffset == 0;
        return isWhole && chain.Protocol == IpProtocol.Icmpv6;
    }

    private void Solicited(
        int port, MacAddress by, Ipv6Address source, NeighborSolicitationView solicitation, NeighbourFacts facts, MonotonicTime now)
    {
        Ipv6Address target = solicitation.Target;
        if (!claims.IsOwn(port, target)) return;                        // RFC 4861 §7.2.3
        if (source == Ipv6Address.Any && !claims.IsUsable(port, target))
        {
            claims.Challenge(port, target, by, now);                    // RFC 4862 §5.4.3: both check the same address
            return;
        }

        if (!claims.IsUsable(port, target) || claims.IsOwn(port, source)) return;
        Hear(port, source, solicitation.SourceLinkLayerAddress, facts, now);
        speaker.Advertise(port, NeighbourAnswer.To(source, by, target, claims.MacOf(port, target)));
    }

    private void Advertised(int port, MacAddress by, NeighborAdvertisementView advertisement, NeighbourFacts facts, MonotonicTime now)
    {
        Ipv6Address target = advertisement.Target;
        if (claims.IsOwn(port, target))
        {
            claims.Challenge(port, target, by, now);                    // RFC 4862 §5.4.4
            return;
        }

        var key = new NeighbourKey((ushort)port, target);
        MacAddress? told = advertisement.TargetLinkLayerAddress;
        if (facts.Fixed.IsConfigured(port, target) || told is { } mac && !IsStation(mac, facts.MacOf(port))) return;
        (bool solicited, bool overrides) = (advertisement.IsSolicited, advertisement.IsOverride);
        neighbours.Hear(key, told, isSame => (solicited, overrides, isSame) switch
        {
            (true, _, true) => NeighbourEvent.SolicitedSame,
            (true, true, false) => NeighbourEvent.SolicitedOverride,
            (true, false, false) => NeighbourEvent.SolicitedOther,
            (false, _, true) => NeighbourEvent.UnsolicitedSame,
            (false, true, false) => NeighbourEvent.UnsolicitedOverride,
            (false, false, false) => NeighbourEvent.UnsolicitedOther,
        }, now, advertisement.IsRouter);
    }

    /// <summary>RFC 4861 §7.2.3: who asks tells its MAC address, and is known from then on.</summary>
    private void Hear(int port, Ipv6Address source, MacAddress? told, NeighbourFacts facts, MonotonicTime now)
    {
        if (source == Ipv6Address.Any || told is not { } mac || !IsStation(mac, facts.MacOf(port))) return;
        if (!facts.IsOnLink(port, source) || facts.Fixed.IsConfigured(port, source) || claims.IsOwn(port, source)) return;
        neighbours.Hear(
            new NeighbourKey((ushort)port, source), mac, isSame => isSame ? NeighbourEvent.HeardSame : NeighbourEvent.HeardOther, now);
    }

    private static bool IsStation(MacAddress mac, MacAddress own) => !mac.IsGroup && mac.Value != 0 && mac != own;
}
