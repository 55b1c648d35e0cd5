using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>What large frames become, against the plain cutter, and that a pool that is short changes nothing.</summary>
public sealed class SegmenterTests
{
    public static TheoryData<string> Shapes => [.. LargeFrameSamples.All().Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_byte_of_every_segment_is_the_plain_cutters(string name)
    {
        (_, byte[] bytes, int size) = LargeFrameSamples.All().Single(sample => sample.Name == name);
        IReadOnlyList<byte[]> expected = PlainCutter.Cut(bytes, size);
        using var rig = new SegmentRig(new FramePoolSize(4096, 80, 8));
        foreach (ChecksumState state in (ChecksumState[])[ChecksumState.Good, ChecksumState.Unknown, ChecksumState.Partial])
        {
            if (state == ChecksumState.Partial && expected[0][PlainHeaders.Of(bytes).ChecksumAt] == 0) continue;
            Frame large = rig.Large(state == ChecksumState.Partial ? PlainHeaders.MadePartial(bytes) : bytes, size, state);
            Assert.Equal(expected.Count, large.WireFrames);
            Assert.Equal(expected.Sum(segment => segment.Length), large.WireBytes);
            Assert.Equal(expected.Count, Segmenter.Cut(large, rig.Pool, out int computed));
            SegmentRig.MustBeEqual(expected, SegmentRig.BytesOf(large), $"{name}, {state}");
            Assert.Equal(name.Contains("without", StringComparison.Ordinal) ? 0 : expected.Count, computed);
            rig.Return(large);
            rig.MustBeSettled();
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_segment_by_itself_is_the_one_of_all(string name)
    {
        (_, byte[] bytes, int size) = LargeFrameSamples.All().Single(sample => sample.Name == name);
        IReadOnlyList<byte[]> expected = PlainCutter.Cut(bytes, size);
        using var rig = new SegmentRig();
        Frame large = rig.Large(bytes, size);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Length - large.Info.NetworkOffset, large.DatagramOfSegment(i));
            Assert.True(Segmenter.TryCopy(large, i, rig.Pool, out Frame segment));
            Assert.Equal(expected[i], segment.Bytes.ToArray());
            rig.Pool.Return(segment);
        }

        Assert.Equal(bytes, large.Bytes.ToArray());
        Segmenter.KeepLast(large);
        Assert.Equal(expected[^1], large.Bytes.ToArray());
        Assert.False(large.IsContiguousLarge);
        rig.Return(large);
        rig.MustBeSettled();
    }

    [Fact]
    public void Identifications_stay_where_the_frame_says_so()
    {
        byte[] bytes = LargeFrameSamples.Tcp4(3000, TcpFlags.Ack, dontFragment: true);
        using var rig = new SegmentRig();
        Frame large = rig.Large(bytes, 1000, isIdentificationFixed: true);
        Segmenter.Cut(large, rig.Pool, out _);
        SegmentRig.MustBeEqual(PlainCutter.Cut(bytes, 1000, isIdentificationFixed: true), SegmentRig.BytesOf(large));
        Assert.Equal(FrameTraits.None, large.Info.Traits & FrameTraits.FixedIdentification);
        rig.Return(large);
    }

    [Fact]
    public void Without_dont_fragment_identifications_are_never_fixed()
    {
        using var rig = new SegmentRig();
        Frame large = rig.Large(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack), 1000, isIdentificationFixed: true);
        Assert.Equal(FrameTraits.None, large.Info.Traits & FrameTraits.FixedIdentification);
        rig.Return(large);
    }

    [Theory]
    [InlineData(ChecksumState.Unknown)]
    [InlineData(ChecksumState.Bad)]
    public void A_bad_checksum_stays_bad_by_as_much_in_every_segment(ChecksumState state)
    {
        byte[] bytes = LargeFrameSamples.Tcp4(5000, TcpFlags.Ack);
        PlainHeaders headers = PlainHeaders.Of(bytes);
        ushort right = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(headers.ChecksumAt));
        byte[] broken = [.. bytes];
        BinaryPrimitives.WriteUInt16BigEndian(broken.AsSpan(headers.ChecksumAt), (ushort)(right ^ 0x0400));
        using var rig = new SegmentRig();
        Frame large = rig.Large(broken, 999, state);
        Segmenter.Cut(large, rig.Pool, out _);
        int off = ((right ^ 0x0400) - right + 0xffff) % 0xffff;
        foreach (byte[] segment in SegmentRig.BytesOf(large))
        {
            int has = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(headers.ChecksumAt));
            int needs = BinaryPrimitives.ReadUInt16BigEndian(PlainHeaders.Finished(segment).AsSpan(headers.ChecksumAt));
            Assert.Equal(off, (has - needs + 0xffff) % 0xffff);
        }

        rig.Return(large);
    }

    [Fact]
    public void A_udp_checksum_that_comes_out_as_zero_is_sent_as_all_ones()
    {
        byte[] segment = PlainCutter.Cut(LargeFrameSamples.Udp4(2000), 1000)[0];
        PlainHeaders headers = PlainHeaders.Of(segment);
        byte[] bytes = LargeFrameSamples.Udp4(2000);
        segment.AsSpan(headers.ChecksumAt, 2).CopyTo(bytes.AsSpan(headers.Payload));         // a word 0x0001 there becomes the checksum
        int sum = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(headers.ChecksumAt)) + 0x0001;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(headers.Payload), (ushort)((sum & 0xffff) + (sum >> 16)));
        using var rig = new SegmentRig();
        Frame large = rig.Large(PlainHeaders.MadePartial(bytes), 1000, ChecksumState.Partial);
        Segmenter.Cut(large, rig.Pool, out _);
        Assert.Equal([0xff, 0xff], large.Bytes.Slice(headers.ChecksumAt, 2).ToArray());
        rig.Return(large);
    }

    [Fact]
    public void A_pool_without_room_for_all_leaves_the_frame_as_it_was()
    {
        byte[] bytes = LargeFrameSamples.Tcp4(10_000, TcpFlags.Ack);
        using var rig = new SegmentRig(new FramePoolSize(8, 0, 1));
        Frame large = rig.Large(bytes, 1000);
        Assert.True(rig.Pool.TryRent(1, out Frame taken));
        FrameInfo before = large.Info;
        Assert.Equal(0, Segmenter.Cut(large, rig.Pool, out _));
        Assert.Equal(bytes, large.Bytes.ToArray());
        Assert.Equal(10, large.WireFrames);
        Assert.Equal(before, large.Info);
        Assert.Equal(2, rig.Pool.InFlight);
        rig.Return(taken);
        rig.Return(large);
    }

    [Fact]
    public void Segments_know_what_the_large_frame_knew()
    {
        using var rig = new SegmentRig();
        Frame large = rig.Large(LargeFrameSamples.Tcp4(3500, TcpFlags.Ack), 1000);
        large.Info.Hash = 0x1234_5678;
        large.Info.Bucket = 77;
        large.Info.Worker = 5;
        large.Info.NextHop = 0xabc;
        large.Info.Flow = 9;
        large.Info.Ordinal = 100;
        FrameInfo before = large.Info;
        Segmenter.Cut(large, rig.Pool, out _);
        int index = 0;
        for (Frame segment = large; !segment.IsNull; segment = segment.Info.Next, index++)
        {
            FrameInfo info = segment.Info;
            Assert.Equal((before.Hash, before.Bucket, before.Worker, before.NextHop), (info.Hash, info.Bucket, info.Worker, info.NextHop));
            Assert.Equal((before.Flow, before.EgressPort, before.IngressPort), (info.Flow, info.EgressPort, info.IngressPort));
            Assert.Equal((before.NetworkOffset, before.TransportOffset), (info.NetworkOffset, info.TransportOffset));
            Assert.Equal((before.Traits, before.Protocol, before.SourcePort), (info.Traits, info.Protocol, info.SourcePort));
            Assert.Equal((100L + index, 1, ChecksumState.Good), (info.Ordinal, segment.WireFrames, info.Checksum));
            Assert.Equal(segment.Length - info.NetworkOffset, info.DatagramLength);
            Assert.Equal(segment.Length, segment.WireBytes);
            Assert.False(segment.IsContiguousLarge || segment.IsTrain);
            Assert.True(segment.Headroom >= 64);
        }

        rig.Return(large);
    }
}
