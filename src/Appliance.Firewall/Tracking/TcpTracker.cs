using System.Runtime.CompilerServices;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// Follows TCP connections from between their ends, as strictly as pf (sequence tracking after van Rooij, "Real stateful TCP packet
/// filtering in IP Filter", 2000; pf.conf(5), "STATEFUL FILTERING") and, where RFC 5961 asks for more, as that does: what does
/// not show that its sender can hear the connection changes nothing. Pure functions: no table, no clock, nothing kept but the track.
/// <code>
///              SYN                    SYN ACK                       ACK
///   CLOSED ──────────► SYN_SENT ──────────────────► ESTABLISHED             each end by itself, written initiator:responder:
///                                                        │ FIN              SYN_SENT:CLOSED → ESTABLISHED:SYN_SENT →
///                      TIME_WAIT ◄──── FIN_WAIT_2 ◄── CLOSING               ESTABLISHED:ESTABLISHED → … → FIN_WAIT_2:FIN_WAIT_2
///                          exact RST       ACK of the FIN
/// </code>
/// </summary>
/// <remarks>
/// Stricter than pf, each where RFC 9293 or RFC 5961 says so:
/// <list type="bullet">
/// <item>A RST counts only at exactly the number that its receiver expects (RFC 5961 §3.2), not at ±1; elsewhere in the window it is
/// challenged. The answer to a SYN is a RST only when it acknowledges that SYN (RFC 9293 §3.10.7.3).</item>
/// <item>A SYN on a synchronized connection is challenged wherever it stands (RFC 5961 §4.2); a repeated SYN ACK passes.</item>
/// <item>A SYN with a FIN begins and ends nothing: no end sends one since RFC 1644 is history (RFC 6247), and pf clears its FIN if told to
/// scrub.</item>
/// <item>An acknowledgment of what the other end has not sent, or of more than one window ago, is refused (RFC 5961 §5.2). pf lets 67,035
/// bytes ahead pass; so do we where <see cref="TcpTrackFlags.Uncertain"/> says that we may have missed segments.</item>
/// <item>A segment without ACK, that is no SYN and no RST, is refused (RFC 9293 §3.10.7.4), and so is anything but a SYN or a RST as long
/// as the SYN was not answered. A SYN without ACK from the other side may be anybody's: a SYN ACK that acknowledges the first SYN overrides
/// it.</item>
/// <item>A segment without payload must stand in the window as any other; pf looks at its acknowledgment only.</item>
/// <item>A FIN counts when it stands behind all that was sent, and is acknowledged by an acknowledgment of all.</item>
/// <item>Late segments of a connection that is over pass without changing what is known.</item>
/// </list>
/// </remarks>
public static class TcpTracker
{
    /// <summary>How far beyond what is known pf believes an acknowledgment: a window without scaling, and one datagram.</summary>
    internal const uint MaxAcknowledgmentSkew = 0xffff + 1500;

    /// <summary>
    /// From the segment that a rule with state passed: the first SYN, or, where the rule's flags allow it, any other. A connection that is
    /// picked up behind its SYNs is followed without window scaling, as in pf: nothing tells the factors.
    /// </summary>
    public static TcpTrack Create(in TcpSegmentFacts segment, bool sloppy)
    {
        bool isFirst = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;
        uint next = segment.Sequence + segment.Length;
        var initiator = new TcpPeer
        {
            Initial = segment.Sequence,
            Next = next,
            Limit = next + 1,
            Acknowledged = segment.Acknowledgment,
            MaxWindow = Math.Max(segment.Window, (ushort)1),
            State = TcpPeerState.SynSent,
            Facts = TcpPeerFacts.Sequence | TcpPeerFacts.Current,
        };
        if (segment.Has(TcpFlags.Ack)) initiator.Facts |= TcpPeerFacts.Acknowledged;
        if (segment.Has(TcpFlags.Syn)) TcpStep.TakeSynOptions(ref initiator, segment);
        if (initiator.Has(TcpPeerFacts.WindowScale)) initiator.MaxWindow = Math.Max(TcpStep.Unscale(segment.Window, initiator), (ushort)1);
        return new TcpTrack
        {
            Initiator = initiator,
            Responder = new TcpPeer { MaxWindow = 1, Facts = TcpPeerFacts.Current },
            Timeout = StateTimeout.TcpFirst,
            Flags = (isFirst ? TcpTrackFlags.None : TcpTrackFlags.Uncertain) | (sloppy ? TcpTrackFlags.Sloppy : TcpTrackFlags.None),
        };
    }

    /// <summary>
    /// A connection as another appliance followed it, and goes on to until now: both ends may have sent more than that appliance has told.
    /// Until each of them has been heard here, what either sends may stand as far beyond what is known as it likes; not behind it.
    /// </summary>
    public static TcpTrack FromPeer(TcpTrack track)
    {
        track.Flags |= TcpTrackFlags.Uncertain;
        if (track.Initiator.Has(TcpPeerFacts.Sequence)) track.Initiator.Facts &= ~TcpPeerFacts.Current;
        else track.Initiator.Facts |= TcpPeerFacts.Current;
        if (track.Responder.Has(TcpPeerFacts.Sequence)) track.Responder.Facts &= ~TcpPeerFacts.Current;
        else track.Responder.Facts |= TcpPeerFacts.Current;
        return track;
    }

    /// <summary>Judges one segment and takes what it tells. Nothing changes unless it passes.</summary>
    public static TrackVerdict Advance(ref TcpTrack track, in TcpSegmentFacts segment, bool fromInitiator)
    {
        ref TcpPeer source = ref SourceOf(ref track, fromInitiator);
        ref TcpPeer peer = ref SourceOf(ref track, !fromInitiator);
        if (EstablishedTracker.TryAdvance(ref track, ref source, ref peer, segment)) return new TrackVerdict(TrackOutcome.Pass);
        return AdvanceOther(ref track, ref source, ref peer, segment);
    }

    private static TrackVerdict AdvanceOther(ref TcpTrack track, ref TcpPeer source, ref TcpPeer peer, in TcpSegmentFacts segment)
    {
        if ((segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn && IsOver(track))
            return new TrackVerdict(TrackOutcome.Reuse);
        if ((track.Flags & TcpTrackFlags.Sloppy) != 0) return SloppyTracker.Advance(ref track, ref source, ref peer, segment);

        var step = new TcpStep(source, peer, segment, track.Flags);
        TrackVerdict verdict = step.Judge();
        if (!verdict.Passes) return verdict;
        source = step.Source;
        peer = step.Peer;
        if (verdict.Outcome == TrackOutcome.Pass) track.Timeout = TimeoutOf(track);
        return verdict;
    }

    /// <summary>
    /// The same for all segments of a train or a large frame at once (<see cref="TcpSegmentFacts.ForTrain"/>): true when each of
    /// them would pass by itself, and the track is as if they had come one by one. False: nothing has changed, take it apart.
    /// </summary>
    public static bool TryAdvanceTrain(ref TcpTrack track, in TcpSegmentFacts train, bool fromInitiator, out TrackVerdict verdict)
    {
        verdict = default;
        if (train.Has(TcpFlags.Syn | TcpFlags.Rst) || !train.Has(TcpFlags.Ack)) return false;
        TcpTrack before = track;
        verdict = Advance(ref track, train, fromInitiator);
        if (verdict.Outcome == TrackOutcome.Pass) return true;
        track = before;
        return false;
    }

    /// <summary>
    /// Whether a TCP header quoted in an ICMP error may be one that this end sent (RFC 5927 §4.1): by its sequence number, for no more is
    /// sure to be quoted.
    /// </summary>
    public static bool AcceptsQuotation(in TcpTrack track, uint sequence, bool sentByInitiator)
    {
        if ((track.Flags & TcpTrackFlags.Sloppy) != 0) return true;
        TcpPeer source = sentByInitiator ? track.Initiator : track.Responder;
        TcpPeer peer = sentByInitiator ? track.Responder : track.Initiator;
        int scale = source.Has(TcpPeerFacts.WindowScale) && peer.Has(TcpPeerFacts.WindowScale) ? peer.WindowScale : 0;
        uint oldest = source.Next - ((uint)peer.MaxWindow << scale);
        if (!source.Has(TcpPeerFacts.Sequence)) return false;
        if (!source.Has(TcpPeerFacts.Current) || !peer.Has(TcpPeerFacts.Current)) return SequenceOrder.IsAtMost(oldest, sequence);
        return SequenceOrder.IsWithin(sequence, sequence, oldest, source.Limit);
    }

    /// <summary>
    /// The answer that a verdict asks for, to the segment's sender. A challenge ACK acknowledges what the other end itself has
    /// acknowledged and no more: pf acknowledges all that was sent, and what is lost behind it then is never sent again.
    /// </summary>
    public static TcpAnswer AnswerTo(in TcpTrack track, in TcpSegmentFacts segment, bool fromInitiator, TrackOutcome outcome)
    {
        if (outcome == TrackOutcome.Reset) return new TcpAnswer(segment.Acknowledgment, 0, TcpFlags.Rst, 0);
        TcpPeer source = fromInitiator ? track.Initiator : track.Responder;
        TcpPeer peer = fromInitiator ? track.Responder : track.Initiator;
        uint acknowledgment = peer.Has(TcpPeerFacts.Acknowledged) ? peer.Acknowledged : source.Next;
        return new TcpAnswer(peer.Next, acknowledgment, TcpFlags.Ack, peer.MaxWindow);
    }

    /// <summary>By the states of both ends, as pf.</summary>
    internal static StateTimeout TimeoutOf(in TcpTrack track)
    {
        TcpPeerState low = track.Initiator.State, high = track.Responder.State;
        if (low > high) (low, high) = (high, low);
        if (low >= TcpPeerState.FinWait2) return StateTimeout.TcpClosed;
        if (low >= TcpPeerState.Closing) return StateTimeout.TcpFinWait;
        if (low < TcpPeerState.Established) return StateTimeout.TcpOpening;
        return high >= TcpPeerState.Closing ? StateTimeout.TcpClosing : StateTimeout.TcpEstablished;
    }

    private static bool IsOver(in TcpTrack track) =>
        track.Initiator.State >= TcpPeerState.FinWait2 && track.Responder.State >= TcpPeerState.FinWait2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref TcpPeer SourceOf(ref TcpTrack track, bool fromInitiator)
    {
        if (fromInitiator) return ref track.Initiator;
        return ref track.Responder;
    }
}
