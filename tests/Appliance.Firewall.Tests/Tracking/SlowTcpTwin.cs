using Appliance.Wire.Transport;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A tracker written from RFC 9293, RFC 5961 and pf.conf(5) with numbers that never wrap: every sequence number is placed on a line of 64
/// bits beside what is known. Sets and ranges in place of conditions; nothing shared with the product but the words of its answers.
/// </summary>
internal sealed class SlowTcpTwin
{
    private const long Skew = 65_535 + 1_500, Half = 1L << 31, Nowhere = long.MinValue / 2;

    private sealed class End
    {
        public long? Start;                                             // of its SYN
        public long? Sent, Allowed, Heard;                              // one past what it sent and may send; what it expects
        public long Window = 1;
        public int? Shift;
        public string State = "CLOSED";

        public bool Is(params string[] states) => states.Contains(State);

        public override string ToString() =>
            $"{State} start {Start} sent {Sent} allowed {Allowed} heard {Heard} window {Window} shift {Shift}";

        public End Copy() => (End)MemberwiseClone();
    }

    private End _client = new(), _server = new();
    private readonly bool _certain;

    public SlowTcpTwin(TcpSegmentFacts first)
    {
        long start = Base + first.Sequence, next = start + LengthOf(first);
        bool syn = first.Has(TcpFlags.Syn);
        _certain = syn && !first.Has(TcpFlags.Ack);
        _client.Start = syn ? start : null;
        _client.Sent = next;
        _client.Allowed = next + 1;
        _client.Heard = first.Has(TcpFlags.Ack) ? Base + first.Acknowledgment : null;
        _client.Shift = syn && first.HasWindowScale ? first.WindowScale : null;
        _client.Window = Math.Max(1, Ceiling(first.Window, _client.Shift ?? 0));
        _client.State = "SYN_SENT";
        Timeout = StateTimeout.TcpFirst;
    }

    /// <summary>Far from zero, so that nothing ever becomes negative.</summary>
    private const long Base = 1L << 40;

    public StateTimeout Timeout { get; private set; }

    public override string ToString() => $"{_client} / {_server}";

    public string States => $"{_client.State}:{_server.State}";

    public (TrackOutcome Outcome, bool Established) Advance(TcpSegmentFacts segment, bool fromClient)
    {
        End from = (fromClient ? _client : _server).Copy(), to = (fromClient ? _server : _client).Copy();
        (TrackOutcome outcome, bool established) = Judge(segment, from, to);
        if (outcome > TrackOutcome.PassUnchanged) return (outcome, false);
        (_client, _server) = fromClient ? (from, to) : (to, from);
        if (outcome == TrackOutcome.Pass) Timeout = TimeoutNow();
        return (outcome, established);
    }

    private static bool Done(End end) => end.Is("FIN_WAIT_2", "TIME_WAIT");

    private static bool Synchronized(End end) => end.Is("ESTABLISHED", "CLOSING", "FIN_WAIT_2", "TIME_WAIT");

    private (TrackOutcome, bool) Judge(TcpSegmentFacts segment, End from, End to)
    {
        bool syn = segment.Has(TcpFlags.Syn), ack = segment.Has(TcpFlags.Ack), rst = segment.Has(TcpFlags.Rst);
        if (syn && !ack && !rst && Done(from) && Done(to)) return (TrackOutcome.Reuse, false);
        if (syn && rst) return (TrackOutcome.Drop, false);
        int shift = from.Shift != null && to.Shift != null ? 1 : 0;
        long seq = Place(segment.Sequence, from.Sent), number = ack ? Place(segment.Acknowledgment, to.Sent) : Nowhere;
        bool good = !ack || IsGoodAcknowledgment(from, to, number, shift);
        if (rst) return JudgeRst(segment, from, to, seq, good, shift);
        if (syn) return JudgeSyn(segment, from, to, seq, number, good);
        if (!ack) return (TrackOutcome.Drop, false);
        if (from.Sent == null) return TakeFirst(segment, from, to, number, good && (to.Start == null || !_certain));
        bool fits = Fits(segment, from, to, seq, shift);
        if (fits && good) return Take(segment, from, to, number);
        long dataEnd = seq + segment.PayloadBytes;
        bool near = dataEnd <= from.Allowed + Skew && seq >= from.Sent - Skew && IsPlaced(seq);
        if ((Done(from) || Done(to)) && near) return (TrackOutcome.PassUnchanged, false);
        if (!_certain && to.Sent == null && near)
        {
            long end = seq + LengthOf(segment);
            if (segment.Has(TcpFlags.Fin) && end > from.Sent && !from.Is("CLOSING", "FIN_WAIT_2", "TIME_WAIT")) from.State = "CLOSING";
            from.Sent = Math.Max(from.Sent.Value, end);
            from.Window = Math.Max(from.Window, segment.Window);
            from.Heard = LaterOf(from.Heard, Base + segment.Acknowledgment, segment.Acknowledgment);
            return (TrackOutcome.PassUnchanged, false);
        }

        return Refuse(segment, from, to, good, fits);
    }

    private (TrackOutcome, bool) Refuse(TcpSegmentFacts segment, End from, End to, bool good, bool fits)
    {
        bool handshake = to.State == "SYN_SENT" && from.Is("CLOSED", "SYN_SENT");
        if (handshake && _certain && segment.Has(TcpFlags.Ack) && to.Sent != null && !good) return (TrackOutcome.Reset, false);
        bool answered = Synchronized(from) && Synchronized(to) && from.Sent != null && LengthOf(segment) > 0 && fits;
        return (answered ? TrackOutcome.Challenge : TrackOutcome.Drop, false);
    }

    private (TrackOutcome, bool) JudgeRst(TcpSegmentFacts segment, End from, End to, long seq, bool good, int shift)
    {
        bool expected = to.Heard != null && segment.Sequence == (uint)to.Heard;
        bool exact = from.Sent != null ? segment.Sequence == (uint)from.Sent || expected
            : to.Heard != null ? expected : segment.Has(TcpFlags.Ack) && good;
        if (exact)
        {
            from.State = to.State = "TIME_WAIT";
            return (TrackOutcome.Pass, false);
        }

        if (from.Sent == null) return (TrackOutcome.Drop, false);
        bool near = IsPlaced(seq) && seq + segment.PayloadBytes <= from.Allowed + Skew && seq >= from.Sent - Skew;
        if (Done(from) && Done(to) && near) return (TrackOutcome.PassUnchanged, false);
        bool inside = IsPlaced(seq) && seq <= from.Allowed && seq >= from.Sent - Scaled(to, shift);
        return (inside ? TrackOutcome.Challenge : TrackOutcome.Drop, false);
    }

    private (TrackOutcome, bool) JudgeSyn(TcpSegmentFacts segment, End from, End to, long seq, long number, bool good)
    {
        bool ack = segment.Has(TcpFlags.Ack);
        if (Done(from) && Done(to)) return (ack && good ? TrackOutcome.PassUnchanged : TrackOutcome.Drop, false);
        bool repeated = from.Start != null && segment.Sequence == (uint)from.Start && good;
        if (Synchronized(from) && Synchronized(to)) return (repeated && ack ? TrackOutcome.PassUnchanged : TrackOutcome.Challenge, false);
        if (segment.Has(TcpFlags.Fin)) return (TrackOutcome.Drop, false);
        if (from.Sent == null) return TakeFirst(segment, from, to, number, good);
        if (repeated) return Take(segment, from, to, number);
        if (ack && good && from.Is("CLOSED", "SYN_SENT"))
        {
            (from.Sent, from.Heard, from.Start, from.Shift) = (null, null, null, null);
            return TakeFirst(segment, from, to, number, isExpected: true);
        }

        int shift = from.Shift != null && to.Shift != null ? 1 : 0;
        return Refuse(segment, from, to, good, Fits(segment, from, to, seq, shift));
    }

    /// <summary>RFC 7323 §2.3: no window is larger than 2^30, so what an end expects is no further from what the other sends.</summary>
    private static bool IsPlausible(TcpSegmentFacts segment, End to) =>
        to.Heard == null || (Place(segment.Sequence, to.Heard) is var seq && IsPlaced(seq) && Math.Abs(seq - to.Heard.Value) <= 1L << 30);

    /// <summary>What the first segment of an end tells: where it is, and how far it may go.</summary>
    private static End Learn(TcpSegmentFacts segment, End from, End to)
    {
        long seq = Base + segment.Sequence, scale = 0;
        if (segment.Has(TcpFlags.Syn))
        {
            from.Start = seq;
            from.Shift = segment.HasWindowScale ? segment.WindowScale : null;
            bool both = from.Shift != null && to.Shift != null;
            if (!both && segment.Has(TcpFlags.Ack))
            {
                if (to.Shift != null) to.Window = Math.Min(65_535, to.Window << to.Shift.Value);
                from.Shift = to.Shift = null;
            }

            scale = from.Shift != null && to.Shift != null ? to.Shift.Value : 0;
        }

        from.Sent = seq;
        long dataEnd = seq + segment.PayloadBytes + (segment.Has(TcpFlags.Syn) ? 1 : 0);
        from.Allowed = dataEnd + Math.Max(1, to.Window << (int)scale);
        return from;
    }

    private (TrackOutcome, bool) TakeFirst(TcpSegmentFacts segment, End from, End to, long number, bool isExpected)
    {
        bool good = !segment.Has(TcpFlags.Ack) || IsGoodAcknowledgment(from, to, number, 0);
        if (!good || !isExpected || !IsPlausible(segment, to)) return Refuse(segment, from, to, good, fits: false);
        return Take(segment, Learn(segment, from, to), to, number);
    }

    private static (TrackOutcome, bool) Take(TcpSegmentFacts segment, End from, End to, long number)
    {
        int shift = from.Shift != null && to.Shift != null ? 1 : 0;
        long end = Place(segment.Sequence, from.Sent) + LengthOf(segment);
        bool fin = segment.Has(TcpFlags.Fin) && end > from.Sent;
        from.Sent = Math.Max(from.Sent!.Value, end);
        long window = segment.Has(TcpFlags.Syn) ? Ceiling(segment.Window, from.Shift ?? 0) : segment.Window;
        from.Window = Math.Max(from.Window, window);
        bool established = false;
        if (from.State == "CLOSED") from.State = "SYN_SENT";
        string before = from.State;
        if (fin && from.Is("SYN_SENT", "ESTABLISHED")) from.State = "CLOSING";
        if (!segment.Has(TcpFlags.Ack)) return (TrackOutcome.Pass, false);
        from.Heard = LaterOf(from.Heard, number == Nowhere ? Base + segment.Acknowledgment : number, segment.Acknowledgment);
        if (to.Sent != null) to.Allowed = Math.Max(to.Allowed!.Value, number + Math.Max(1, window << (shift * (from.Shift ?? 0))));
        if (to.State == "SYN_SENT")
        {
            to.State = "ESTABLISHED";
            established = before == "ESTABLISHED";
        }
        else if (to.State == "CLOSING" && number >= to.Sent)
        {
            to.State = "FIN_WAIT_2";
        }

        return (TrackOutcome.Pass, established);
    }

    /// <summary>RFC 5961 §5.2, or pf's skew where we may have missed something.</summary>
    private bool IsGoodAcknowledgment(End from, End to, long number, int shift)
    {
        if (to.Sent == null) return !_certain;
        if (!IsPlaced(number)) return false;
        long highest = to.Sent.Value + (_certain ? 0 : Skew);
        long lowest = to.Sent.Value - (Skew << (shift * (from.Shift ?? 0)));
        if (from.Heard != null) lowest = Math.Max(lowest, Place((uint)from.Heard.Value, to.Sent) - Scaled(from, shift));
        else if (to.Start != null) lowest = Math.Max(lowest, to.Start.Value + 1);
        return number >= lowest && number <= highest;
    }

    private static bool Fits(TcpSegmentFacts segment, End from, End to, long seq, int shift)
    {
        long dataEnd = seq + segment.PayloadBytes + (segment.Has(TcpFlags.Syn) ? 1 : 0);
        return IsPlaced(seq) && dataEnd <= from.Allowed && seq >= from.Sent - Scaled(to, shift);
    }

    private static long Scaled(End end, int shift) => end.Window << (shift * (end.Shift ?? 0));

    private static long Ceiling(long window, int shift) => (window + (1L << shift) - 1) >> shift;

    private static long LengthOf(TcpSegmentFacts segment) =>
        segment.PayloadBytes + (segment.Has(TcpFlags.Syn) ? 1 : 0) + (segment.Has(TcpFlags.Fin) ? 1 : 0);

    private static long LaterOf(long? known, long candidate, uint number) =>
        known == null ? candidate : Math.Max(known.Value, Place(number, known) is var near && IsPlaced(near) ? near : known.Value);

    private static bool IsPlaced(long number) => number != Nowhere;

    /// <summary>The number on the line, nearest to what is known; exactly half way round it is nowhere.</summary>
    private static long Place(uint number, long? known)
    {
        if (known == null) return Base + number;
        long distance = (number - known.Value) & 0xffff_ffff;
        if (distance == Half) return Nowhere;
        return known.Value + (distance > Half ? distance - (1L << 32) : distance);
    }

    private StateTimeout TimeoutNow()
    {
        End[] ends = [_client, _server];
        if (ends.All(Done)) return StateTimeout.TcpClosed;
        if (ends.All(end => end.State == "CLOSING" || Done(end))) return StateTimeout.TcpFinWait;
        if (ends.Any(end => end.Is("CLOSED", "SYN_SENT"))) return StateTimeout.TcpOpening;
        return ends.Any(end => end.State == "CLOSING" || Done(end)) ? StateTimeout.TcpClosing : StateTimeout.TcpEstablished;
    }
}
