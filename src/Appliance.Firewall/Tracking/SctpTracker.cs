namespace Appliance.Firewall;

/// <summary>
/// Follows SCTP associations as pf does: every packet must carry the verification tag that its sender was told (RFC 9260 §8.5), and the
/// chunks of handshake and shutdown move the states. Associations over several addresses are one flow for each pair of them.
/// </summary>
public static class SctpTracker
{
    public static SctpTrack Create(in SctpPacketFacts packet) => new()
    {
        Initiator = new SctpPeer { Tag = packet.Tag, State = SctpPeerState.CookieWait },
        Responder = new SctpPeer { Tag = packet.InitiateTag, State = SctpPeerState.Closed },
        Timeout = StateTimeout.SctpFirst,
    };

    public static TrackVerdict Advance(ref SctpTrack track, in SctpPacketFacts packet, bool fromInitiator)
    {
        ref SctpPeer source = ref track.Initiator;
        ref SctpPeer peer = ref track.Responder;
        if (!fromInitiator)
        {
            source = ref track.Responder;
            peer = ref track.Initiator;
        }

        if (packet.Has(SctpChunks.Initiation)) return AdvanceInitiation(ref track, ref source, ref peer, packet);
        if (!IsTagRight(source, peer, packet)) return new TrackVerdict(TrackOutcome.Drop);
        if (source.Tag == 0 && !packet.Has(SctpChunks.Reflected)) source.Tag = packet.Tag;
        if (packet.Has(SctpChunks.InitiationAcknowledgment) && peer.Tag == 0) peer.Tag = packet.InitiateTag;
        return new TrackVerdict(TrackOutcome.Pass, Move(ref track, ref source, peer, packet));
    }

    private static TrackVerdict AdvanceInitiation(ref SctpTrack track, ref SctpPeer source, ref SctpPeer peer, in SctpPacketFacts packet)
    {
        if (IsOver(source) && IsOver(peer)) return new TrackVerdict(TrackOutcome.Reuse);
        if (source.State >= SctpPeerState.Established) return new TrackVerdict(TrackOutcome.Drop);      // it would have to carry its tag
        if (peer.Tag == 0) peer.Tag = packet.InitiateTag;
        if (source.State < SctpPeerState.CookieWait)
        {
            source.State = SctpPeerState.CookieWait;
            track.Timeout = StateTimeout.SctpOpening;
        }

        return new TrackVerdict(TrackOutcome.Pass);
    }

    /// <summary>RFC 9260 §8.5.1: who has no association to take a tag from sends back the one that it was sent.</summary>
    private static bool IsTagRight(in SctpPeer source, in SctpPeer peer, in SctpPacketFacts packet) => packet.Has(SctpChunks.Reflected)
        ? peer.Tag != 0 && packet.Tag == peer.Tag
        : source.Tag == 0 || packet.Tag == source.Tag;

    /// <summary>True when both ends are established with this packet.</summary>
    private static bool Move(ref SctpTrack track, ref SctpPeer source, in SctpPeer peer, in SctpPacketFacts packet)
    {
        bool isEstablished = false;
        if (packet.Has(SctpChunks.Cookie | SctpChunks.HeartbeatAcknowledgment) && source.State < SctpPeerState.Established)
        {
            source.State = SctpPeerState.Established;
            track.Timeout = StateTimeout.SctpEstablished;
            isEstablished = peer.State == SctpPeerState.Established;
        }

        if (packet.Has(SctpChunks.Shutdown | SctpChunks.ShutdownComplete) && source.State < SctpPeerState.ShutdownPending)
        {
            source.State = SctpPeerState.ShutdownPending;
            track.Timeout = StateTimeout.SctpClosing;
        }

        if (packet.Has(SctpChunks.ShutdownComplete | SctpChunks.Abort))
        {
            source.State = SctpPeerState.Closed;
            track.Timeout = StateTimeout.SctpClosed;
        }

        return isEstablished;
    }

    private static bool IsOver(in SctpPeer peer) => peer.State is >= SctpPeerState.ShutdownSent or SctpPeerState.Closed;
}
