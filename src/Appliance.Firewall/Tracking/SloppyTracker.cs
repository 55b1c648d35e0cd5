using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// <c>keep state (sloppy)</c>: by flags alone, without a look at any number (pf.conf(5), "sloppy"). A connection of which only one
/// direction comes this way is established by the acknowledgment that follows the SYN.
/// </summary>
internal static class SloppyTracker
{
    public static TrackVerdict Advance(ref TcpTrack track, ref TcpPeer source, ref TcpPeer peer, in TcpSegmentFacts segment)
    {
        source.Facts |= TcpPeerFacts.Sequence;
        if (segment.Has(TcpFlags.Syn) && source.State < TcpPeerState.SynSent) source.State = TcpPeerState.SynSent;
        if (segment.Has(TcpFlags.Fin) && source.State < TcpPeerState.Closing) source.State = TcpPeerState.Closing;
        bool isEstablished = segment.Has(TcpFlags.Ack) && TakeAcknowledgment(ref source, ref peer);
        if (segment.Has(TcpFlags.Rst)) source.State = peer.State = TcpPeerState.TimeWait;
        track.Timeout = TcpTracker.TimeoutOf(track);
        return new TrackVerdict(TrackOutcome.Pass, isEstablished);
    }

    private static bool TakeAcknowledgment(ref TcpPeer source, ref TcpPeer peer)
    {
        if (peer.State == TcpPeerState.SynSent)
        {
            peer.State = TcpPeerState.Established;
            return source.State == TcpPeerState.Established;
        }

        if (peer.State == TcpPeerState.Closing)
        {
            peer.State = TcpPeerState.FinWait2;
        }
        else if (source.State == TcpPeerState.SynSent && peer.State < TcpPeerState.SynSent)
        {
            source.State = peer.State = TcpPeerState.Established;
            return true;
        }
        else if (source.State == TcpPeerState.Closing && peer.State == TcpPeerState.Established && !peer.Has(TcpPeerFacts.Sequence))
        {
            peer.State = TcpPeerState.Closing;
        }

        return false;
    }
}
