using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

public sealed class ParseStageTests : IDisposable
{
    private static readonly byte[] Sound = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, 4));
    private readonly BatchRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Malformed_frames_are_dropped_with_their_reason_and_the_others_pass()
    {
        FrameBatch batch = _rig.Batch(Sound, Sound[..20], TestFrames.With(Sound, 24, 0, 0), TestFrames.Tagged(Sound, 5));
        new ParseStage(ParseRig.Ports).Process(batch, _rig.Context());
        Assert.Equal(2, batch.Ended);
        (Disposition, DropReason)[] expected =
        [
            (Disposition.Continue, DropReason.None), (Disposition.Drop, DropReason.Short),
            (Disposition.Drop, DropReason.BadIpChecksum), (Disposition.Continue, DropReason.None),
        ];
        Assert.Equal(expected, batch.Frames.ToArray().Select(frame => (frame.Info.Disposition, frame.Info.DropReason)));
        Assert.Equal(1, _rig.Counters.Ports[ParseRig.Lan5].FramesIn);
    }

    [Fact]
    public void An_adopted_table_of_ports_counts_from_the_next_batch_on()
    {
        var stage = new ParseStage(ParseRig.Ports);
        byte[] tagged = TestFrames.Tagged(Sound, 6);
        FrameBatch before = _rig.Batch(tagged);
        stage.Process(before, _rig.Context());
        Assert.Equal(DropReason.Vlan, before.Frames[0].Info.DropReason);

        stage.Adopt(new PortTable(
        [
            new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router },
            new PortFacts { Index = 1, Name = "lan.6", Physical = 0, Mac = TestFrames.Router, Parent = 0, VlanId = 6 },
        ]));
        FrameBatch after = _rig.Batch(tagged);
        stage.Process(after, _rig.Context());
        Assert.Equal((0, 1), (after.Ended, after.Frames[0].Info.IngressPort));
    }

    [Fact]
    public void A_trace_is_told_what_was_found_in_a_sound_frame()
    {
        byte[] fragment = TestFrames.Ipv6(
            "2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2), null, TestExtension.Fragment(0, more: true));
        var trace = new TraceLog();
        FrameBatch batch = _rig.Batch(TestFrames.Tagged(Sound, 5), fragment, Sound[..20]);
        var stage = new ParseStage(ParseRig.Ports);
        stage.Process(batch, _rig.Context(trace));
        Assert.Equal("parse", stage.Name);
        string[] expected =
        [
            "at 0.5: Ipv4 protocol 17, datagram of 32 bytes",
            "at lan: Ipv6 protocol 17, datagram of 56 bytes, a fragment",
        ];
        Assert.Equal(expected, trace.Explained.ToArray());
    }

    [Fact]
    public void A_batch_of_nothing_is_no_error()
    {
        FrameBatch batch = _rig.Batch();
        new ParseStage(ParseRig.Ports).Process(batch, _rig.Context());
        Assert.Equal(0, batch.Ended);
    }
}
