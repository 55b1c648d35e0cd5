using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// One segment on its way from one end to the other, judged on copies of what is known of both; the caller keeps them when it passes.
/// </summary>
internal ref struct TcpStep
{
    private const uint LargestWindow = 1u << 30;

    private readonly TcpSegmentFacts _segment;
    private readonly TcpTrackFlags _track;
    private readonly uint _dataEnd, _end;               // one past the payload, and past the FIN

    public TcpPeer Source, Peer;

    public TcpStep(in TcpPeer source, in TcpPeer peer, in TcpSegmentFacts segment, TcpTrackFlags track)
    {
        Source = source;
        Peer = peer;
        _segment = segment;
        _track = track;
        _end = segment.Sequence + segment.Length;
        _dataEnd = segment.Has(TcpFlags.Fin) ? _end - 1 : _end;
    }

    public TrackVerdict Judge()
    {
        if (_segment.Has(TcpFlags.Rst)) return JudgeReset();
        if (_segment.Has(TcpFlags.Syn)) return JudgeSyn();
        if (!_segment.Has(TcpFlags.Ack)) return new TrackVerdict(TrackOutcome.Drop);            // RFC 9293 §3.10.7.4, fifth
        if (!Source.Has(TcpPeerFacts.Sequence)) return JudgeFirst();
        if (IsSequenceAcceptable && IsAcknowledgmentAcceptable) return Accept();
        if (IsBehindTheEnds && !IsSequenceOld && !IsAcknowledgmentOld) return CatchUp();
        return IsLate ? new TrackVerdict(TrackOutcome.PassUnchanged) : IsAhead ? Follow() : Refuse();
    }

    /// <summary>
    /// RFC 5961 §3.2. The receiver expects what it has acknowledged; when it has taken more than it acknowledged, that is what was sent
    /// last.
    /// </summary>
    private TrackVerdict JudgeReset()
    {
        if (_segment.Has(TcpFlags.Syn)) return new TrackVerdict(TrackOutcome.Drop);
        if (!Source.Has(TcpPeerFacts.Sequence) ? IsResetOfSyn : IsResetExact)
        {
            Source.State = Peer.State = TcpPeerState.TimeWait;
            return new TrackVerdict(TrackOutcome.Pass);
        }

        if (IsLate || (IsBehindTheEnds && !IsSequenceOld)) return new TrackVerdict(TrackOutcome.PassUnchanged);
        bool isInWindow = Source.Has(TcpPeerFacts.Sequence) && IsInWindow(_segment.Sequence, _segment.Sequence);
        return new TrackVerdict(isInWindow ? TrackOutcome.Challenge : TrackOutcome.Drop);
    }

    private readonly bool IsResetExact => _segment.Sequence == Source.Next || IsExpected;

    private readonly bool IsExpected => Peer.Has(TcpPeerFacts.Acknowledged) && _segment.Sequence == Peer.Acknowledged;

    /// <summary>
    /// Of an end that has sent nothing yet: it refuses the SYN, which it must acknowledge (RFC 9293 §3.10.7.3), or a connection that was
    /// picked up.
    /// </summary>
    private readonly bool IsResetOfSyn => Peer.Has(TcpPeerFacts.Acknowledged)
        ? IsExpected
        : _segment.Has(TcpFlags.Ack) && IsAcknowledgmentAcceptable;

    private TrackVerdict JudgeSyn()
    {
        bool isRepeated = Source.Has(TcpPeerFacts.Syn) && _segment.Sequence == Source.Initial && IsAcknowledgmentAcceptable;
        bool isAnswer = _segment.Has(TcpFlags.Ack);
        if (IsOver) return new TrackVerdict(isAnswer && IsAcknowledgmentAcceptable ? TrackOutcome.PassUnchanged : TrackOutcome.Drop);
        if (IsSynchronized) return new TrackVerdict(isRepeated && isAnswer ? TrackOutcome.PassUnchanged : TrackOutcome.Challenge);
        if (_segment.Has(TcpFlags.Fin)) return new TrackVerdict(TrackOutcome.Drop);
        if (!Source.Has(TcpPeerFacts.Sequence)) return JudgeFirst();
        if (isRepeated) return Accept();
        if (!isAnswer || Source.State > TcpPeerState.SynSent || !IsAcknowledgmentAcceptable) return Refuse();
        Source.Facts = TcpPeerFacts.Current;            // a SYN without acknowledgment came first, but anyone can send that
        return JudgeFirst();
    }

    /// <summary>The first segment from this end. After a SYN it can only be a SYN itself.</summary>
    private TrackVerdict JudgeFirst()
    {
        bool isExpected = _segment.Has(TcpFlags.Syn) || !Peer.Has(TcpPeerFacts.Syn) || IsUncertain;
        if (!IsAcknowledgmentAcceptable || !isExpected || !IsNearExpectation) return Refuse();
        if (_segment.Has(TcpFlags.Syn))
        {
            TakeSynOptions(ref Source, _segment);
            if (_segment.Has(TcpFlags.Ack)) SettleScale();
        }

        Source.Facts |= TcpPeerFacts.Sequence;
        Source.Next = _segment.Sequence;
        Source.Limit = _dataEnd + Math.Max(1, WindowOf(Peer));
        return Accept();
    }

    /// <summary>The other end said what it expects: that is no further away than the largest window there is (RFC 7323 §2.3).</summary>
    private readonly bool IsNearExpectation => !Peer.Has(TcpPeerFacts.Acknowledged)
        || _segment.Sequence - Peer.Acknowledged + LargestWindow <= 2 * LargestWindow;

    /// <summary>
    /// RFC 7323 §2.2: both ends scale or none does. The window of a SYN itself is never scaled. Only who acknowledges the other's SYN
    /// settles it.
    /// </summary>
    private void SettleScale()
    {
        if (Source.Has(TcpPeerFacts.WindowScale) && Peer.Has(TcpPeerFacts.WindowScale)) return;
        if (Peer.Has(TcpPeerFacts.WindowScale))
            Peer.MaxWindow = (ushort)Math.Min(ushort.MaxValue, (uint)Peer.MaxWindow << Peer.WindowScale);
        Source.Facts &= ~TcpPeerFacts.WindowScale;
        Peer.Facts &= ~TcpPeerFacts.WindowScale;
        Source.WindowScale = Peer.WindowScale = 0;
    }

    private readonly bool IsSequenceAcceptable => IsInWindow(_segment.Sequence, _dataEnd);

    /// <summary>Not more than one window back, and no further than the other end's windows reach. A FIN may stand behind them.</summary>
    private readonly bool IsInWindow(uint first, uint end) =>
        SequenceOrder.IsWithin(first, end, Source.Next - WindowOf(Peer), Source.Limit);

    /// <summary>
    /// RFC 5961 §5.2: between what the other end has sent and one window before what was acknowledged already; and, as in pf, not more than
    /// a largest window behind the former.
    /// </summary>
    private readonly bool IsAcknowledgmentAcceptable
    {
        get
        {
            if (!_segment.Has(TcpFlags.Ack)) return true;               // of a SYN; nothing else comes here without
            if (!Peer.Has(TcpPeerFacts.Sequence)) return IsUncertain;
            uint acknowledgment = _segment.Acknowledgment;
            uint highest = Peer.Next + (IsUncertain ? TcpTracker.MaxAcknowledgmentSkew : 0);
            if (!SequenceOrder.IsAtMost(acknowledgment, highest)) return false;
            if (!SequenceOrder.IsAtMost(Peer.Next - (TcpTracker.MaxAcknowledgmentSkew << ScaleOf(Source)), acknowledgment)) return false;
            if (Source.Has(TcpPeerFacts.Acknowledged))
                return SequenceOrder.IsAtMost(Source.Acknowledged - WindowOf(Source), acknowledgment);
            return !Peer.Has(TcpPeerFacts.Syn) || SequenceOrder.IsBelow(Peer.Initial, acknowledgment);
        }
    }

    private readonly bool IsSynchronized => Source.State >= TcpPeerState.Established && Peer.State >= TcpPeerState.Established;

    private readonly bool IsOver => Source.State >= TcpPeerState.FinWait2 && Peer.State >= TcpPeerState.FinWait2;

    private readonly bool IsUncertain => (_track & TcpTrackFlags.Uncertain) != 0;

    /// <summary>
    /// Another appliance followed them meanwhile, and not both have been heard here yet (<see cref="TcpTracker.FromPeer"/>).
    /// </summary>
    private readonly bool IsBehindTheEnds =>
        Source.Has(TcpPeerFacts.Sequence) && (Source.Facts & Peer.Facts & TcpPeerFacts.Current) == TcpPeerFacts.None;

    private readonly bool IsSequenceOld => !SequenceOrder.IsAtMost(Source.Next - WindowOf(Peer), _segment.Sequence);

    private readonly bool IsAcknowledgmentOld => Peer.Has(TcpPeerFacts.Sequence)
        && !SequenceOrder.IsAtMost(Peer.Next - (TcpTracker.MaxAcknowledgmentSkew << ScaleOf(Source)), _segment.Acknowledgment);

    /// <summary>An end is done, or both are: segments may be on their way still, and are looked at no closer, as in pf.</summary>
    private readonly bool IsLate => (Source.State >= TcpPeerState.FinWait2 || Peer.State >= TcpPeerState.FinWait2)
        && Source.Has(TcpPeerFacts.Sequence) && IsNear && (IsOver || !_segment.Has(TcpFlags.Rst));

    /// <summary>A connection that was picked up, of which only one end was heard yet: nobody knows what the other allows it.</summary>
    private readonly bool IsAhead => IsUncertain && !Peer.Has(TcpPeerFacts.Sequence) && IsNear;

    private readonly bool IsNear => SequenceOrder.IsWithin(
        _segment.Sequence, _dataEnd, Source.Next - TcpTracker.MaxAcknowledgmentSkew, Source.Limit + TcpTracker.MaxAcknowledgmentSkew);

    /// <summary>Bytes that an end's largest window stands for.</summary>
    private readonly uint WindowOf(in TcpPeer peer) => (uint)peer.MaxWindow << ScaleOf(peer);

    private readonly int ScaleOf(in TcpPeer peer) =>
        Source.Has(TcpPeerFacts.WindowScale) && Peer.Has(TcpPeerFacts.WindowScale) ? peer.WindowScale : 0;

    /// <summary>
    /// What is known begins anew where the segment stands, as far as that is further on. A window reaches as far from there as any did that
    /// the other end offered.
    /// </summary>
    private TrackVerdict CatchUp()
    {
        uint limit = _dataEnd + Math.Max(1, WindowOf(Peer));
        if (SequenceOrder.IsBelow(Source.Limit, limit)) Source.Limit = limit;
        bool isPeerBehind = Peer.Has(TcpPeerFacts.Sequence) && !Peer.Has(TcpPeerFacts.Current);
        if (isPeerBehind && SequenceOrder.IsBelow(Peer.Next, _segment.Acknowledgment)) Peer.Next = _segment.Acknowledgment;
        return Accept();
    }

    private TrackVerdict Accept()
    {
        Source.Facts |= TcpPeerFacts.Current;
        bool isNewFin = _segment.Has(TcpFlags.Fin) && SequenceOrder.IsBelow(Source.Next, _end);
        TakeNumbers();
        if (Source.State < TcpPeerState.SynSent) Source.State = TcpPeerState.SynSent;
        bool becameEstablished = _segment.Has(TcpFlags.Ack) && TakeAcknowledgment();
        if (isNewFin && Source.State < TcpPeerState.Closing) Source.State = TcpPeerState.Closing;
        return new TrackVerdict(TrackOutcome.Pass, becameEstablished);
    }

    /// <summary>
    /// What the acknowledgment says of the other end's SYN and FIN. True when the handshake is complete with it, even if the same segment
    /// has a FIN.
    /// </summary>
    private bool TakeAcknowledgment()
    {
        if (Peer.State == TcpPeerState.SynSent)
        {
            Peer.State = TcpPeerState.Established;
            return Source.State == TcpPeerState.Established;
        }

        if (Peer.State == TcpPeerState.Closing && SequenceOrder.IsAtMost(Peer.Next, _segment.Acknowledgment))
            Peer.State = TcpPeerState.FinWait2;
        return false;
    }

    private void TakeNumbers()
    {
        if (SequenceOrder.IsBelow(Source.Next, _end)) Source.Next = _end;
        ushort window = _segment.Has(TcpFlags.Syn) ? Unscale(_segment.Window, Source) : _segment.Window;
        Source.MaxWindow = Math.Max(Source.MaxWindow, window);
        if (!_segment.Has(TcpFlags.Ack)) return;
        uint acknowledgment = _segment.Acknowledgment;
        if (!Source.Has(TcpPeerFacts.Acknowledged) || SequenceOrder.IsBelow(Source.Acknowledged, acknowledgment))
            Source.Acknowledged = acknowledgment;
        Source.Facts |= TcpPeerFacts.Acknowledged;
        if (!Peer.Has(TcpPeerFacts.Sequence)) return;
        uint limit = acknowledgment + Math.Max(1, (uint)window << ScaleOf(Source));
        if (SequenceOrder.IsBelow(Peer.Limit, limit)) Peer.Limit = limit;
    }

    /// <summary>Keeps up with an end whose peer was not heard yet. No timer starts again, as in pf: a flood would come here, too.</summary>
    private TrackVerdict Follow()
    {
        bool isNewFin = _segment.Has(TcpFlags.Fin) && SequenceOrder.IsBelow(Source.Next, _end);
        TakeNumbers();
        if (isNewFin && Source.State < TcpPeerState.Closing) Source.State = TcpPeerState.Closing;
        return new TrackVerdict(TrackOutcome.PassUnchanged);
    }

    /// <summary>
    /// In a handshake: RFC 9293 §3.10.7.3 has an acknowledgment of anything but the SYN answered by a RST, so that an old connection of the
    /// sender's ends and the SYN is heard when it is sent again. Later: RFC 5961 §5.2 has a bad acknowledgment answered; only one
    /// that comes with data is here, lest two who disagree acknowledge each other for ever.
    /// </summary>
    private TrackVerdict Refuse()
    {
        bool isHandshake = Peer.State == TcpPeerState.SynSent && Source.State <= TcpPeerState.SynSent;
        if (isHandshake && !IsUncertain && _segment.Has(TcpFlags.Ack) && Peer.Has(TcpPeerFacts.Sequence) && !IsAcknowledgmentAcceptable)
            return new TrackVerdict(TrackOutcome.Reset);
        bool isData = IsSynchronized && Source.Has(TcpPeerFacts.Sequence) && _end != _segment.Sequence && IsSequenceAcceptable;
        return new TrackVerdict(isData ? TrackOutcome.Challenge : TrackOutcome.Drop);
    }

    /// <summary>The options of a SYN, which say what they say once for all.</summary>
    public static void TakeSynOptions(ref TcpPeer peer, in TcpSegmentFacts segment)
    {
        peer.Initial = segment.Sequence;
        peer.MaxSegment = segment.MaxSegment;
        peer.WindowScale = segment.WindowScale;
        peer.Facts |= TcpPeerFacts.Syn | (segment.HasWindowScale ? TcpPeerFacts.WindowScale : TcpPeerFacts.None);
    }

    /// <summary>The window of a SYN in the units in which its sender will write later ones, rounded up.</summary>
    public static ushort Unscale(ushort window, in TcpPeer peer) => peer.Has(TcpPeerFacts.WindowScale)
        ? (ushort)((window + (1u << peer.WindowScale) - 1) >> peer.WindowScale)
        : window;
}
