using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>Checksums are looked at where joining depends on them, each once, and never mended.</summary>
public sealed class ChecksumTests : IDisposable
{
    private const int ChecksumAt = 14 + 20 + 16;

    private readonly CoalesceRig _rig = new();
    private readonly TestSegment _first = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_frame_alone_in_its_flow_is_not_verified()
    {
        MustBe("0 1", verified: 0, bad: 0, _first.ToBadFrame(), (_first with { SourcePort = 9 }).ToFrame());
        Assert.All(_rig.Checksums, state => Assert.Equal(ChecksumState.Unknown, state));
    }

    [Fact]
    public void A_frame_that_could_not_join_anyhow_is_not_verified()
    {
        MustBe("0 1", verified: 0, bad: 0, _first.ToFrame(), (_first.Next() with { Window = 1 }).ToFrame());
    }

    [Fact]
    public void All_of_a_train_are_verified_once()
    {
        TestSegment second = _first.Next(), third = second.Next();
        MustBe("0-1-2", verified: 3, bad: 0, _first.ToFrame(), second.ToFrame(), third.ToFrame());
        Assert.All(_rig.Checksums, state => Assert.Equal(ChecksumState.Good, state));
    }

    [Fact]
    public void Behind_a_bad_head_the_second_may_head_a_train()
    {
        TestSegment second = _first.Next(), third = second.Next();
        MustBe("0 1-2", verified: 3, bad: 1, _first.ToBadFrame(), second.ToFrame(), third.ToFrame());
        Assert.Equal([ChecksumState.Bad, ChecksumState.Good, ChecksumState.Good], _rig.Checksums);
    }

    [Fact]
    public void A_run_of_bad_ones_is_verified_once_each()
    {
        TestSegment second = _first.Next(), third = second.Next();
        MustBe("0 1 2", verified: 2, bad: 2, _first.ToBadFrame(), second.ToBadFrame(), third.ToBadFrame());
    }

    [Fact]
    public void A_believed_port_spares_the_look()
    {
        byte[] second = _first.Next().ToFrame(), third = _first.Next().Next().ToBadFrame(), fourth = _first.Next().Next().Next().ToFrame();
        Arrival[] all =
        [
            Believed(_first.ToFrame(), ChecksumState.Good), Believed(second, ChecksumState.Unknown), Believed(third, ChecksumState.Bad),
            Believed(fourth, ChecksumState.Good),
        ];
        Assert.Equal("0-1 2 3", Text(_rig.Couple(all)));
        Assert.Equal((1, 0), (_rig.Counters.ChecksumsVerified, _rig.Counters.ChecksumsBad));
    }

    [Fact]
    public void A_port_that_is_not_believed_is_not_believed()
    {
        Arrival[] two =
            [new(_first.ToFrame(), Checksum: ChecksumState.Good), new(_first.Next().ToBadFrame(), Checksum: ChecksumState.Good)];
        Assert.Equal("0 1", Text(_rig.Couple(two)));
        Assert.Equal((2, 1), (_rig.Counters.ChecksumsVerified, _rig.Counters.ChecksumsBad));
        two = [new(_first.ToFrame(), Checksum: ChecksumState.Bad), new(_first.Next().ToFrame(), Checksum: ChecksumState.Bad)];
        Assert.Equal("0-1", Text(_rig.Couple(two)));
    }

    [Theory]
    [InlineData(CoalesceRig.Lan)]
    [InlineData(CoalesceRig.Believed)]
    public void A_checksum_that_is_still_to_be_finished_is_not_looked_at(int port)
    {
        Arrival[] two =
            [new(_first.ToBadFrame(), port, ChecksumState.Partial), new(_first.Next().ToBadFrame(), port, ChecksumState.Partial)];
        Assert.Equal("0-1", Text(_rig.Couple(two)));
        Assert.Equal((0, ChecksumState.Partial), (_rig.Counters.ChecksumsVerified, _rig.Checksums[1]));
    }

    [Fact]
    public void The_other_zero_verifies_and_joins()
    {
        byte[] second = WithOtherZero(_first.Next());
        Assert.Equal(0xffff, BinaryPrimitives.ReadUInt16BigEndian(second.AsSpan(ChecksumAt)));
        MustBe("0-1", verified: 2, bad: 0, _first.ToFrame(), second);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_byte_of_a_segment_is_summed(bool v6)
    {
        TestSegment head = v6 ? _first with { Source = "2001:db8::1", Destination = "2001:db8::2" } : _first;
        byte[] second = head.Next().ToFrame();
        for (int at = second.Length - head.PayloadLength; at < second.Length; at++)
            MustBe("0 1", verified: 2, bad: 1, head.ToFrame(), TestFrames.With(second, at, (byte)(second[at] + 1)));
    }

    /// <summary>A segment whose sum is zero, which the sender may write as either zero; payload found by trying.</summary>
    private static byte[] WithOtherZero(TestSegment segment)
    {
        byte[] frame = segment.ToFrame();
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(ChecksumAt));
        Span<byte> last = frame.AsSpan(frame.Length - 2);                   // at an even offset of the segment
        int sum = BinaryPrimitives.ReadUInt16BigEndian(last) + checksum;
        BinaryPrimitives.WriteUInt16BigEndian(last, (ushort)(sum > 0xffff ? sum - 0xffff : sum));
        frame[ChecksumAt] = frame[ChecksumAt + 1] = 0xff;
        return frame;
    }

    private static Arrival Believed(byte[] frame, ChecksumState state) => new(frame, CoalesceRig.Believed, state);

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));

    private void MustBe(string left, long verified, long bad, params byte[][] frames)
    {
        Assert.Equal(left, Text(_rig.Couple(frames)));
        Assert.Equal((verified, bad), (_rig.Counters.ChecksumsVerified, _rig.Counters.ChecksumsBad));
    }
}
