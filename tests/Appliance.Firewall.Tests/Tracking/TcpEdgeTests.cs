using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// RST, SYN, FIN and ACK at and beside the numbers at which they are expected: only what RFC 5961 allows changes a state.
/// </summary>
public sealed class TcpEdgeTests
{
    private static readonly long[] Offsets =
    [
        0, 1, -1, TcpScript.Window, -TcpScript.Window, TcpScript.Window + 1, -TcpScript.Window - 1,
        1L << 31, (1L << 31) - 1, -(1L << 31) + 1,
    ];

    public static TheoryData<string> States => [.. TcpScript.Ways.Keys];

    public static TheoryData<string> Synchronized =>
        [.. TcpScript.Ways.Keys.Where(states => !states.Contains("SYN_SENT", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(States))]
    public void Reset_counts_only_at_exactly_the_expected_number(string states)
    {
        int challenged = 0;
        foreach (bool fromClient in (bool[])[true, false])
        {
            foreach (long offset in Offsets)
            {
                TcpScript script = TcpScript.In(states);
                TcpPeer source = fromClient ? script.Track.Initiator : script.Track.Responder;
                TcpPeer peer = fromClient ? script.Track.Responder : script.Track.Initiator;
                if (!source.Has(TcpPeerFacts.Sequence)) continue;       // below, by its acknowledgment
                uint sequence = (uint)(source.Next + offset);
                TrackOutcome outcome = script.Send(new TcpSegmentFacts(sequence, 0, TcpFlags.Rst, 0, 0), fromClient).Outcome;
                bool isExpected = sequence == source.Next || (peer.Has(TcpPeerFacts.Acknowledged) && sequence == peer.Acknowledged);
                Assert.Equal(isExpected ? "TIME_WAIT:TIME_WAIT" : states, script.States);
                Assert.Equal(isExpected, outcome == TrackOutcome.Pass);
                if (Math.Abs(offset) > 2 * TcpScript.Window) Assert.Equal(TrackOutcome.Drop, outcome);
                if (outcome == TrackOutcome.Challenge) challenged++;
            }
        }

        bool isOver = states is "FIN_WAIT_2:FIN_WAIT_2" or "TIME_WAIT:TIME_WAIT";
        Assert.Equal(!isOver, challenged > 0);
    }

    [Fact]
    public void Answer_to_a_syn_resets_only_when_it_acknowledges_that_syn()
    {
        foreach (long offset in Offsets)
        {
            TcpScript script = TcpScript.In("SYN_SENT:CLOSED");
            uint acknowledgment = (uint)(TcpScript.ClientStart + 1 + offset);
            script.Send(new TcpSegmentFacts(0, acknowledgment, TcpFlags.Rst | TcpFlags.Ack, 0, 0), fromClient: false);
            Assert.Equal(offset == 0 ? "TIME_WAIT:TIME_WAIT" : "SYN_SENT:CLOSED", script.States);
        }

        TcpScript without = TcpScript.In("SYN_SENT:CLOSED");
        Assert.Equal(
            TrackOutcome.Drop,
            without.Send(new TcpSegmentFacts(0, TcpScript.ClientStart + 1, TcpFlags.Rst, 0, 0), fromClient: false).Outcome);
        Assert.Equal("SYN_SENT:CLOSED", without.States);
    }

    [Theory]
    [MemberData(nameof(Synchronized))]
    public void Syn_on_a_synchronized_connection_changes_nothing_and_is_challenged(string states)
    {
        bool isOver = states is "FIN_WAIT_2:FIN_WAIT_2" or "TIME_WAIT:TIME_WAIT";
        foreach (bool fromClient in (bool[])[true, false])
        {
            foreach (long offset in Offsets)
            {
                TcpScript script = TcpScript.In(states);
                TcpTrack before = script.Track;
                uint sequence = (uint)((fromClient ? before.Initiator : before.Responder).Next + offset);
                TrackOutcome outcome = script.Send(new TcpSegmentFacts(sequence, 0, TcpFlags.Syn, 1, 0), fromClient).Outcome;
                Assert.Equal(isOver ? TrackOutcome.Reuse : TrackOutcome.Challenge, outcome);
                Assert.Equal(before, script.Track);
            }
        }
    }

    [Fact]
    public void Syn_ack_completes_nothing_unless_it_acknowledges_the_syn()
    {
        foreach (long offset in Offsets)
        {
            TcpScript script = TcpScript.In("SYN_SENT:CLOSED");
            uint acknowledgment = (uint)(TcpScript.ClientStart + 1 + offset);
            var segment = new TcpSegmentFacts(TcpScript.ServerStart, acknowledgment, TcpFlags.Syn | TcpFlags.Ack, 500, 0);
            TrackOutcome outcome = script.Send(segment, fromClient: false).Outcome;
            Assert.Equal(offset == 0 ? TrackOutcome.Pass : TrackOutcome.Reset, outcome);
            Assert.Equal(offset == 0 ? "ESTABLISHED:SYN_SENT" : "SYN_SENT:CLOSED", script.States);
            if (offset == 0) continue;
            TcpAnswer answer = TcpTracker.AnswerTo(script.Track, segment, fromInitiator: false, outcome);
            Assert.Equal(new TcpAnswer(acknowledgment, 0, TcpFlags.Rst, 0), answer);
            Assert.Equal(TrackOutcome.Pass, script.Play("S.synack"));
        }
    }

    [Fact]
    public void Syn_that_anyone_could_have_sent_does_not_stand_in_the_way_of_the_true_answer()
    {
        TcpScript script = TcpScript.In("SYN_SENT:CLOSED");
        Assert.Equal(TrackOutcome.Pass, script.Play("S.newsyn"));
        Assert.Equal(TrackOutcome.Pass, script.Play("S.synack"));
        Assert.Equal(TcpScript.ServerStart + 1, script.Track.Responder.Next);
        Assert.Equal(TrackOutcome.Pass, script.Play("C.ack"));
        Assert.Equal("ESTABLISHED:ESTABLISHED", script.States);
    }

    [Fact]
    public void Fin_counts_only_in_the_window_behind_all_that_was_sent()
    {
        foreach (long offset in Offsets)
        {
            TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
            TcpPeer source = script.Track.Initiator;
            var segment = new TcpSegmentFacts(
                (uint)(source.Next + offset), script.Track.Responder.Next, TcpFlags.Fin | TcpFlags.Ack, TcpScript.Window, 0);
            script.Send(segment, fromClient: true);
            bool isInWindow = offset is >= 0 and <= TcpScript.Window;
            Assert.Equal(isInWindow ? "CLOSING:ESTABLISHED" : "ESTABLISHED:ESTABLISHED", script.States);
        }
    }

    [Fact]
    public void Fin_is_acknowledged_by_the_exact_number_only()
    {
        foreach (long offset in Offsets)
        {
            TcpScript script = TcpScript.In("CLOSING:ESTABLISHED");
            var segment = new TcpSegmentFacts(
                script.Track.Responder.Next, (uint)(script.Track.Initiator.Next + offset), TcpFlags.Ack, TcpScript.Window, 0);
            script.Send(segment, fromClient: false);
            Assert.Equal(offset == 0 ? "FIN_WAIT_2:ESTABLISHED" : "CLOSING:ESTABLISHED", script.States);
        }
    }

    [Fact]
    public void Acknowledgment_outside_of_what_was_sent_is_refused_and_with_data_challenged()
    {
        foreach (int payload in (int[])[0, 10])
        {
            foreach (long offset in Offsets)
            {
                TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
                TcpTrack before = script.Track;
                var segment = new TcpSegmentFacts(
                    before.Initiator.Next, (uint)(before.Responder.Next + offset), TcpFlags.Ack, TcpScript.Window, payload);
                TrackOutcome outcome = script.Send(segment, fromClient: true).Outcome;
                bool isAcceptable = offset is <= 0 and >= -TcpScript.Window;
                TrackOutcome refused = payload > 0 ? TrackOutcome.Challenge : TrackOutcome.Drop;
                Assert.Equal(isAcceptable ? TrackOutcome.Pass : refused, outcome);
                if (!isAcceptable) Assert.Equal(before, script.Track);
            }
        }
    }

    [Fact]
    public void Empty_segment_outside_the_window_is_refused()
    {
        foreach (long offset in Offsets)
        {
            TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
            var segment = new TcpSegmentFacts(
                (uint)(script.Track.Initiator.Next + offset), script.Track.Responder.Next, TcpFlags.Ack, TcpScript.Window, 0);
            TrackOutcome outcome = script.Send(segment, fromClient: true).Outcome;
            Assert.Equal(Math.Abs(offset) <= TcpScript.Window ? TrackOutcome.Pass : TrackOutcome.Drop, outcome);
        }
    }

    [Fact]
    public void Challenge_acknowledges_no_more_than_the_other_end_did()
    {
        TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
        script.Play("C.data");
        script.Play("C.data");
        TcpSegmentFacts syn = script.Make("C.newsyn");
        Assert.Equal(TrackOutcome.Challenge, script.Send(syn, fromClient: true).Outcome);
        TcpAnswer answer = TcpTracker.AnswerTo(script.Track, syn, fromInitiator: true, TrackOutcome.Challenge);
        Assert.Equal(new TcpAnswer(TcpScript.ServerStart + 1, TcpScript.ClientStart + 1, TcpFlags.Ack, TcpScript.Window), answer);

        // A client that knows nothing of the connection answers with a RST at that number, and is believed.
        Assert.Equal(
            TrackOutcome.Pass, script.Send(new TcpSegmentFacts(answer.Acknowledgment, 0, TcpFlags.Rst, 0, 0), fromClient: true).Outcome);
        Assert.Equal("TIME_WAIT:TIME_WAIT", script.States);
    }

    [Fact]
    public void Syn_and_rst_together_are_refused_everywhere()
    {
        foreach (string states in TcpScript.Ways.Keys)
        {
            TcpScript script = TcpScript.In(states);
            TcpTrack before = script.Track;
            var segment = new TcpSegmentFacts(
                before.Initiator.Next, before.Responder.Next, TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack, 0, 0);
            Assert.Equal(TrackOutcome.Drop, script.Send(segment, fromClient: true).Outcome);
            Assert.Equal(before, script.Track);
        }
    }
}
