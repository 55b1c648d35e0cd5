using Appliance.Engine;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// What ARP packets mean for own addresses and for neighbours (RFC 826, RFC 5227). A host becomes known by asking us for our address, or by
/// answering when it was asked; what it says to others, unasked, changes what is known and adds nothing.
/// </summary>
internal sealed class ArpReader(AddressClaims claims, NeighbourResolver neighbours, ControlSpeaker speaker)
{
    /// <summary>False: it is not to be read, or not to be believed.</summary>
    public bool Receive(int port, Span<byte> datagram, NeighbourFacts facts, MonotonicTime now)
    {
        if (!ArpView.TryParse(datagram, out ArpView arp)) return false;
        MacAddress sender = arp.SenderHardwareAddress;
        if (arp.Operation is not (ArpOperation.Request or ArpOperation.Reply)) return false;
        if (sender.IsGroup || sender.Value == 0 || sender == facts.MacOf(port)) return false;
        Ipv4Address source = arp.SenderProtocolAddress, target = arp.TargetProtocolAddress;
        if (claims.IsOwn(port, source))
        {
            claims.Challenge(port, source, sender, now);                // RFC 5227 §2.4
            return true;
        }

        bool isForUs = claims.IsUsable(port, target);
        if (arp.IsProbe && claims.IsOwn(port, target) && !isForUs) claims.Challenge(port, target, sender, now);     // §2.1.1: both probe
        if (!arp.IsProbe) Learn(port, arp, isForUs, facts, now);
        if (ArpResponder.IsAnswered(arp, isForUs)) speaker.Answer(port, arp, claims.MacOf(port, target));
        return true;
    }

    /// <summary>
    /// RFC 826: who is known is updated by any packet of his; who is not becomes known by a packet to us, here by a request only. A reply
    /// counts as an answer while a question is open.
    /// </summary>
    private void Learn(int port, ArpView arp, bool isForUs, NeighbourFacts facts, MonotonicTime now)
    {
        Ipv4Address source = arp.SenderProtocolAddress;
        var key = new NeighbourKey((ushort)port, source);
        if (!MayTeach(key, facts)) return;
        bool isRequest = arp.Operation == ArpOperation.Request;
        bool isAsked = neighbours.StateOf(key) is NeighbourState.Incomplete or NeighbourState.Probe or NeighbourState.Delay;
        neighbours.Hear(key, arp.SenderHardwareAddress, isSame => (isRequest, isForUs, isAsked) switch
        {
            (true, true, _) => isSame ? NeighbourEvent.HeardSame : NeighbourEvent.HeardOther,
            (false, true, true) => isSame ? NeighbourEvent.SolicitedSame : NeighbourEvent.SolicitedOverride,
            _ => isSame ? NeighbourEvent.UnsolicitedSame : NeighbourEvent.UnsolicitedOverride,
        }, now);
    }

    /// <summary>Nobody's own address, not configured, and of this link or one that was asked for there.</summary>
    private bool MayTeach(in NeighbourKey key, NeighbourFacts facts)
    {
        Ipv4Address address = key.Address.V4;
        if (AddressRules.IsMartianSource(address) || facts.Fixed.IsConfigured(key.Port, address)) return false;
        return facts.IsOnLink(key.Port, address) || neighbours.StateOf(key) != NeighbourState.Vacant;
    }
}
