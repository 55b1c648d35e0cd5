using Appliance.Wire.Transport;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A TCP connection as its two ends would tell it, kept from the segments that they exchanged and from nothing else, and the rule of what
/// may change it: RFC 9293 §3.10.7 and RFC 5961, as the receiver of a segment reads them. What is played is what both ends mean.
/// </summary>
internal sealed class RfcConnection
{
    private readonly End _client = new(), _server = new();

    /// <summary>An end's numbers: what it sent, what it expects, how far it lets the other go.</summary>
    private sealed class End
    {
        public bool HasSent, HasHeard;
        public uint Initial, Next, Expects;
        public long Window;                                             // bytes, the largest it offered
        public byte? Scale;
    }

    public void Play(in TcpSegmentFacts segment, bool fromClient)
    {
        End from = fromClient ? _client : _server;
        bool isSyn = segment.Has(TcpFlags.Syn);
        if (isSyn)
        {
            from.Initial = segment.Sequence;
            from.Scale = segment.HasWindowScale ? segment.WindowScale : null;
        }

        from.HasSent = true;
        from.Next = segment.Sequence + segment.Length;
        int shift = !isSyn && _client.Scale is not null && _server.Scale is not null ? from.Scale!.Value : 0;    // RFC 7323 §2.2
        from.Window = Math.Max(from.Window, (long)segment.Window << shift);
        if (segment.Has(TcpFlags.Ack)) (from.HasHeard, from.Expects) = (true, segment.Acknowledgment);
    }

    /// <summary>Where an end stands: what numbers at and beside are tried.</summary>
    public uint NextOf(bool client) => (client ? _client : _server).Next;

    /// <summary>How far the other end lets this one go, at least 1.</summary>
    public long WindowFor(bool client) => Math.Max(1, (client ? _server : _client).Window);

    /// <summary>Whether a segment may lead from one pair of states to another; both written initiator:responder.</summary>
    public bool MayChange(string before, string after, in TcpSegmentFacts segment, bool fromClient)
    {
        (string fromBefore, string toBefore) = Split(before, fromClient);
        (string fromAfter, string toAfter) = Split(after, fromClient);
        if (segment.Has(TcpFlags.Rst)) return after == "TIME_WAIT:TIME_WAIT" && MayReset(segment, fromClient);
        bool mayFrom = fromBefore == fromAfter || MayMoveSender(fromBefore, fromAfter, toBefore, segment, fromClient);
        bool mayTo = toBefore == toAfter || MayMoveReceiver(toBefore, toAfter, fromBefore, segment, fromClient);
        return mayFrom && mayTo;
    }

    /// <summary>RFC 5961 §3.2: at exactly what the receiver expects. RFC 9293 §3.10.7.3: to who sent a SYN, the answer to it.</summary>
    public bool MayReset(in TcpSegmentFacts segment, bool fromClient)
    {
        End from = fromClient ? _client : _server, to = fromClient ? _server : _client;
        if (segment.Has(TcpFlags.Syn)) return false;
        if (!from.HasSent) return segment.Has(TcpFlags.Ack) && segment.Acknowledgment == to.Initial + 1;
        return segment.Sequence == from.Next || (to.HasHeard && segment.Sequence == to.Expects);
    }

    /// <summary>RFC 5961 §3.2: within the window of what is expected, but not at it; a challenge ACK must be sent.</summary>
    public bool MustBeChallenged(in TcpSegmentFacts segment, bool fromClient)
    {
        End to = fromClient ? _server : _client;
        long ahead = Distance(segment.Sequence, to.Expects);
        return to.HasHeard && !MayReset(segment, fromClient) && ahead > 0 && ahead < WindowFor(fromClient);
    }

    /// <summary>
    /// RFC 9293 §3.10.7.4, first and fifth: in the window, or a repetition of no more than one window, and with an acknowledgment that RFC
    /// 5961 §5.2 accepts: SND.UNA − MAX.SND.WND ≤ SEG.ACK ≤ SND.NXT.
    /// </summary>
    public bool IsAcceptable(in TcpSegmentFacts segment, bool fromClient)
    {
        if (!segment.Has(TcpFlags.Ack)) return false;
        End from = fromClient ? _client : _server, to = fromClient ? _server : _client;
        long acknowledged = Distance(segment.Acknowledgment, to.Next);
        long oldest = from.HasHeard ? Distance(from.Expects, to.Next) - from.Window : Distance(to.Initial + 1, to.Next);
        if (acknowledged > 0 || acknowledged < oldest) return false;
        if (!from.HasSent) return segment.Has(TcpFlags.Syn);
        uint expected = to.HasHeard ? to.Expects : from.Next;
        long end = Distance(segment.Sequence + (uint)segment.PayloadBytes, expected);
        return end <= WindowFor(fromClient) && Distance(segment.Sequence, from.Next) >= -WindowFor(fromClient);
    }

    private bool MayMoveSender(string before, string after, string other, in TcpSegmentFacts segment, bool fromClient)
    {
        End from = fromClient ? _client : _server;
        bool isSyn = segment.Has(TcpFlags.Syn), isFin = segment.Has(TcpFlags.Fin);
        switch (before, after)
        {
            case ("CLOSED", "SYN_SENT"):
                return isSyn && other == "SYN_SENT" && (!segment.Has(TcpFlags.Ack) || IsAcceptable(segment, fromClient));
            case ("SYN_SENT" or "ESTABLISHED", "CLOSING"):
                bool isBehindAll = Distance(segment.Sequence + (uint)segment.PayloadBytes, from.Next) >= 0;
                return isFin && !isSyn && isBehindAll && IsAcceptable(segment, fromClient);
            default:
                return false;
        }
    }

    private bool MayMoveReceiver(string before, string after, string other, in TcpSegmentFacts segment, bool fromClient)
    {
        End to = fromClient ? _server : _client;
        switch (before, after)
        {
            case ("SYN_SENT", "ESTABLISHED"):                           // its SYN is acknowledged
                bool isAnswer = segment.Has(TcpFlags.Syn) && segment.Has(TcpFlags.Ack) && other is "CLOSED" or "SYN_SENT";
                return (isAnswer && segment.Acknowledgment == to.Next) || IsAcceptable(segment, fromClient);
            case ("CLOSING", "FIN_WAIT_2"):                             // its FIN is acknowledged
                return !segment.Has(TcpFlags.Syn) && segment.Acknowledgment == to.Next && IsAcceptable(segment, fromClient);
            default:
                return false;
        }
    }

    private static (string From, string To) Split(string states, bool fromClient)
    {
        string[] ends = states.Split(':');
        return fromClient ? (ends[0], ends[1]) : (ends[1], ends[0]);
    }

    /// <summary>RFC 9293 §3.4: how far a number is ahead of another; half way round counts as infinitely far.</summary>
    private static long Distance(uint number, uint from)
    {
        int distance = (int)(number - from);
        return distance == int.MinValue ? long.MaxValue : distance;
    }
}
