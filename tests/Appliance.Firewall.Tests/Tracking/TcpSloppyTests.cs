using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class TcpSloppyTests
{
    [Fact]
    public void Numbers_do_not_matter_to_a_sloppy_state()
    {
        TcpScript script = TcpScript.In("SYN_SENT:CLOSED", sloppy: true);
        Assert.Equal(
            TrackOutcome.Pass, script.Send(new TcpSegmentFacts(77, 88, TcpFlags.Syn | TcpFlags.Ack, 0, 0), fromClient: false).Outcome);
        Assert.Equal("ESTABLISHED:SYN_SENT", script.States);
        Assert.True(script.Send(new TcpSegmentFacts(1u << 31, 99, TcpFlags.Ack, 0, 0), fromClient: true).BecameEstablished);
        Assert.Equal(("ESTABLISHED:ESTABLISHED", StateTimeout.TcpEstablished), (script.States, script.Track.Timeout));
        script.Send(new TcpSegmentFacts(5, 5, TcpFlags.Rst, 0, 0), fromClient: false);
        Assert.Equal("TIME_WAIT:TIME_WAIT", script.States);
    }

    [Fact]
    public void Half_a_connection_is_established_and_closed()
    {
        TcpScript script = TcpScript.In("SYN_SENT:CLOSED", sloppy: true);
        Assert.True(script.Send(new TcpSegmentFacts(1, 1, TcpFlags.Ack, 0, 0), fromClient: true).BecameEstablished);
        Assert.Equal("ESTABLISHED:ESTABLISHED", script.States);
        script.Send(new TcpSegmentFacts(1, 1, TcpFlags.Fin | TcpFlags.Ack, 0, 0), fromClient: true);
        Assert.Equal(("CLOSING:CLOSING", StateTimeout.TcpFinWait), (script.States, script.Track.Timeout));
    }

    [Fact]
    public void Connection_picked_up_in_the_middle_is_followed_without_scaling()
    {
        var track = TcpTracker.Create(new TcpSegmentFacts(100_000, 900_000, TcpFlags.Ack, 5000, 1000), sloppy: false);
        Assert.Equal("SYN_SENT:CLOSED", StateNames.Of(track));
        // The responder was not heard yet
        Assert.Equal(TrackOutcome.PassUnchanged, Advance(ref track, 101_000, 900_000, 1000, fromInitiator: true));
        Assert.Equal(TrackOutcome.Pass, Advance(ref track, 900_000, 101_000, 400, fromInitiator: false));
        Assert.Equal("ESTABLISHED:SYN_SENT", StateNames.Of(track));
        Assert.Equal(TrackOutcome.Pass, Advance(ref track, 102_000, 900_400, 0, fromInitiator: true));
        Assert.Equal("ESTABLISHED:ESTABLISHED", StateNames.Of(track));
        Assert.Equal(TrackOutcome.Pass, Advance(ref track, 102_000, 900_400 + 67_035, 0, fromInitiator: true));         // pf's tolerance
        Assert.Equal(TrackOutcome.Drop, Advance(ref track, 102_000, 900_400 + 67_036, 0, fromInitiator: true));
    }

    [Fact]
    public void Quoted_sequence_must_be_one_that_was_sent()
    {
        TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
        TcpPeer client = script.Track.Initiator;
        Assert.True(TcpTracker.AcceptsQuotation(script.Track, client.Next - 1, sentByInitiator: true));
        Assert.True(TcpTracker.AcceptsQuotation(script.Track, client.Next - TcpScript.Window, sentByInitiator: true));
        Assert.False(TcpTracker.AcceptsQuotation(script.Track, client.Next - TcpScript.Window - 1, sentByInitiator: true));
        Assert.False(TcpTracker.AcceptsQuotation(script.Track, client.Limit + 1, sentByInitiator: true));
        Assert.False(TcpTracker.AcceptsQuotation(script.Track, client.Next + (1u << 31), sentByInitiator: true));
        Assert.False(TcpTracker.AcceptsQuotation(TcpScript.In("SYN_SENT:CLOSED").Track, 1, sentByInitiator: false));
    }

    private static TrackOutcome Advance(ref TcpTrack track, uint sequence, uint acknowledgment, int payload, bool fromInitiator) =>
        TcpTracker.Advance(ref track, new TcpSegmentFacts(sequence, acknowledgment, TcpFlags.Ack, 5000, payload), fromInitiator).Outcome;
}
