using Appliance.Wire.Transport;

namespace Appliance.Firewall.Tests;

/// <summary>A connection between a client and a server, and the track of who stands between them.</summary>
internal sealed class TcpScript
{
    public const uint ClientStart = 1000, ServerStart = 5000;
    public const ushort Window = 1000;

    public TcpTrack Track;

    /// <summary>Every pair of states that a connection can be in, and how it comes there; C and S say who sends.</summary>
    public static readonly IReadOnlyDictionary<string, string> Ways = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SYN_SENT:CLOSED"] = "",
        ["SYN_SENT:SYN_SENT"] = "S.syn",
        ["ESTABLISHED:SYN_SENT"] = "S.synack",
        ["ESTABLISHED:ESTABLISHED"] = "S.synack C.ack",
        ["CLOSING:ESTABLISHED"] = "S.synack C.ack C.fin",
        ["FIN_WAIT_2:ESTABLISHED"] = "S.synack C.ack C.fin S.ack",
        ["ESTABLISHED:CLOSING"] = "S.synack C.ack S.fin",
        ["ESTABLISHED:FIN_WAIT_2"] = "S.synack C.ack S.fin C.ack",
        ["CLOSING:CLOSING"] = "S.synack C.ack C.fin S.crossedfin",
        ["FIN_WAIT_2:CLOSING"] = "S.synack C.ack C.fin S.fin",
        ["CLOSING:FIN_WAIT_2"] = "S.synack C.ack S.fin C.fin",
        ["FIN_WAIT_2:FIN_WAIT_2"] = "S.synack C.ack C.fin S.fin C.ack",
        ["TIME_WAIT:TIME_WAIT"] = "S.synack C.ack C.rst",
    };

    private readonly uint _begin;
    private readonly byte? _scale;

    private TcpScript(bool sloppy, uint begin, byte? scale, Action<TcpSegmentFacts, bool>? heard)
    {
        (_begin, _scale) = (begin, scale);
        TcpSegmentFacts first = Scaled(new TcpSegmentFacts(begin + ClientStart, 0, TcpFlags.Syn, Window, 0));
        Track = TcpTracker.Create(first, sloppy);
        heard?.Invoke(first, true);
    }

    public string States => StateNames.Of(Track);

    /// <param name="states">A key of <see cref="Ways"/>.</param>
    /// <param name="sloppy">Numbers are not looked at.</param>
    /// <param name="begin">By how much both ends' numbers begin later.</param>
    /// <param name="scale">Of both ends' windows.</param>
    /// <param name="heard">Each segment on the way there, and whether the client sent it.</param>
    public static TcpScript In(
        string states, bool sloppy = false, uint begin = 0, byte? scale = null, Action<TcpSegmentFacts, bool>? heard = null)
    {
        var script = new TcpScript(sloppy, begin, scale, heard);
        foreach (string step in Ways[states].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            TcpSegmentFacts segment = script.Make(step);
            script.Send(segment, step[0] == 'C');
            heard?.Invoke(segment, step[0] == 'C');
        }

        return script;
    }

    /// <summary>One event at the numbers at which it is expected.</summary>
    public TrackOutcome Play(string step) => Send(Make(step), step[0] == 'C').Outcome;

    public TrackVerdict Send(TcpSegmentFacts segment, bool fromClient) => TcpTracker.Advance(ref Track, segment, fromClient);

    public TcpSegmentFacts Make(string step)
    {
        bool fromClient = step[0] == 'C';
        TcpPeer source = fromClient ? Track.Initiator : Track.Responder, peer = fromClient ? Track.Responder : Track.Initiator;
        uint start = _begin + (fromClient ? ClientStart : ServerStart);
        uint next = source.Has(TcpPeerFacts.Sequence) ? source.Next : start;
        return Scaled(step[2..] switch
        {
            "syn" => new TcpSegmentFacts(start, 0, TcpFlags.Syn, Window, 0),
            "newsyn" => new TcpSegmentFacts(start + 123_456_789, 0, TcpFlags.Syn, Window, 0),
            "synack" => new TcpSegmentFacts(start, peer.Next, TcpFlags.Syn | TcpFlags.Ack, Window, 0),
            "ack" => new TcpSegmentFacts(next, peer.Next, TcpFlags.Ack, Window, 0),
            "data" => new TcpSegmentFacts(next, peer.Next, TcpFlags.Ack | TcpFlags.Psh, Window, 10),
            "fin" => new TcpSegmentFacts(next, peer.Next, TcpFlags.Fin | TcpFlags.Ack, Window, 0),
            "crossedfin" => new TcpSegmentFacts(next, peer.Next - 1, TcpFlags.Fin | TcpFlags.Ack, Window, 0),
            "rst" => new TcpSegmentFacts(next, peer.Next, TcpFlags.Rst | TcpFlags.Ack, 0, 0),
            _ => throw new ArgumentException(step, nameof(step)),
        });
    }

    private TcpSegmentFacts Scaled(TcpSegmentFacts segment) =>
        _scale is { } shift && segment.Has(TcpFlags.Syn) ? segment.WithOptions(0, shift) : segment;
}
