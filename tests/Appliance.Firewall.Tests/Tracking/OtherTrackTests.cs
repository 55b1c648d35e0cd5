using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class OtherTrackTests
{
    [Theory]
    [InlineData(true, StateTimeout.UdpFirst, StateTimeout.UdpSingle, StateTimeout.UdpMultiple)]
    [InlineData(false, StateTimeout.OtherFirst, StateTimeout.OtherSingle, StateTimeout.OtherMultiple)]
    public void Flow_is_mutual_when_both_were_answered(bool udp, StateTimeout first, StateTimeout single, StateTimeout multiple)
    {
        PairTrack track = PairTrack.Create(udp);
        Assert.Equal(("SINGLE:NO_TRAFFIC", first), (StateNames.Of(track), track.Timeout));
        track.Advance(udp, fromInitiator: true);
        Assert.Equal(("SINGLE:NO_TRAFFIC", single), (StateNames.Of(track), track.Timeout));
        track.Advance(udp, fromInitiator: false);
        Assert.Equal(("MULTIPLE:SINGLE", single), (StateNames.Of(track), track.Timeout));
        track.Advance(udp, fromInitiator: false);
        Assert.Equal("MULTIPLE:SINGLE", StateNames.Of(track));
        track.Advance(udp, fromInitiator: true);
        Assert.Equal(("MULTIPLE:MULTIPLE", multiple), (StateNames.Of(track), track.Timeout));
    }

    [Fact]
    public void Icmp_flow_lives_by_its_own_timeouts()
    {
        IcmpTrack track = IcmpTrack.Create();
        Assert.Equal(StateTimeout.IcmpFirst, track.Timeout);
        track.Advance();
        Assert.Equal(StateTimeout.IcmpError, track.Timeout);
    }

    [Fact]
    public void Association_is_followed_from_handshake_to_shutdown()
    {
        SctpTrack track = SctpTracker.Create(Read(0, Init(1, 0xaaaa)));
        Assert.Equal(("COOKIE_WAIT:CLOSED", StateTimeout.SctpFirst), (StateNames.Of(track), track.Timeout));
        Pass(ref track, Read(0, Init(1, 0xaaaa)), true, "COOKIE_WAIT:CLOSED");                 // sent again
        Pass(ref track, Read(0xaaaa, Init(2, 0xbbbb)), false, "COOKIE_WAIT:CLOSED");
        Pass(ref track, Read(0xbbbb, Chunk(10)), true, "ESTABLISHED:CLOSED");
        Assert.True(SctpTracker.Advance(ref track, Read(0xaaaa, Chunk(11)), fromInitiator: false).BecameEstablished);
        Assert.Equal(("ESTABLISHED:ESTABLISHED", StateTimeout.SctpEstablished), (StateNames.Of(track), track.Timeout));
        Pass(ref track, Read(0xbbbb, Chunk(0)), true, "ESTABLISHED:ESTABLISHED");
        Pass(ref track, Read(0xbbbb, Chunk(7)), true, "SHUTDOWN_PENDING:ESTABLISHED");
        Pass(ref track, Read(0xaaaa, Chunk(8)), false, "SHUTDOWN_PENDING:SHUTDOWN_PENDING");
        Pass(ref track, Read(0xbbbb, Chunk(14)), true, "CLOSED:SHUTDOWN_PENDING");
        Assert.Equal(StateTimeout.SctpClosed, track.Timeout);
        Assert.Equal(TrackOutcome.Reuse, SctpTracker.Advance(ref track, Read(0, Init(1, 0xcccc)), fromInitiator: true).Outcome);
    }

    [Fact]
    public void Packet_with_another_tag_changes_nothing()
    {
        SctpTrack track = SctpTracker.Create(Read(0, Init(1, 0xaaaa)));
        SctpTracker.Advance(ref track, Read(0xaaaa, Init(2, 0xbbbb)), fromInitiator: false);
        SctpTrack before = track;
        foreach (byte[] chunk in (byte[][])[Chunk(6), Chunk(7), Chunk(10), Chunk(14), Chunk(0)])
        {
            Assert.Equal(TrackOutcome.Drop, SctpTracker.Advance(ref track, Read(0x1234, chunk), fromInitiator: true).Outcome);
            Assert.Equal(TrackOutcome.Drop, SctpTracker.Advance(ref track, Read(0x1234, chunk), fromInitiator: false).Outcome);
            Assert.Equal(before, track);
        }

        Assert.Equal(TrackOutcome.Pass, SctpTracker.Advance(ref track, Read(0xaaaa, Chunk(6, flags: 1)), fromInitiator: true).Outcome);
        Assert.Equal(SctpPeerState.Closed, track.Initiator.State);                             // an ABORT with the tag sent back
    }

    [Fact]
    public void Packets_that_contradict_the_standard_are_refused()
    {
        Assert.False(Reads(0, []));                                                             // no chunk
        Assert.False(Reads(0, [.. Init(1, 5), .. Chunk(0)]));                                   // INIT beside another
        Assert.False(Reads(7, Init(1, 5)));                                                     // INIT with a tag
        Assert.False(Reads(0, Init(1, 0)));                                                     // initiate tag 0
        Assert.False(Reads(0, Chunk(0)));                                                       // no tag
        Assert.False(Reads(7, [0, 0, 0, 40, 1, 2, 3, 4]));                                      // a chunk beyond the packet
        Assert.False(Reads(7, [.. Chunk(14), .. Chunk(0)]));                                    // SHUTDOWN COMPLETE beside another
        Assert.False(SctpPacketFacts.TryRead(new byte[11], out _));
        Assert.True(Reads(7, [.. Chunk(0), .. Chunk(3)]));
    }

    private static void Pass(ref SctpTrack track, SctpPacketFacts packet, bool fromInitiator, string states)
    {
        Assert.Equal(TrackOutcome.Pass, SctpTracker.Advance(ref track, packet, fromInitiator).Outcome);
        Assert.Equal(states, StateNames.Of(track));
    }

    private static byte[] Chunk(byte type, byte flags = 0) => [type, flags, 0, 8, 1, 2, 3, 4];

    private static byte[] Init(byte type, ushort tag) =>
        [type, 0, 0, 20, 0, 0, (byte)(tag >> 8), (byte)tag, 0, 0, 16, 0, 0, 10, 0, 10, 0, 0, 0, 1];

    private static SctpPacketFacts Read(uint tag, byte[] chunks)
    {
        Assert.True(SctpPacketFacts.TryRead(Packet(tag, chunks), out SctpPacketFacts facts));
        return facts;
    }

    private static bool Reads(uint tag, byte[] chunks) => SctpPacketFacts.TryRead(Packet(tag, chunks), out _);

    private static byte[] Packet(uint tag, byte[] chunks)
    {
        byte[] packet = TestTransport.Sctp(1, 2, chunks).Bytes;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), tag);
        return packet;
    }
}
