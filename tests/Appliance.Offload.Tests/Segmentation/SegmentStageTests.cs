using System.Diagnostics;
using System.Reflection;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>What the last stage leaves to a port and what it does itself, and what it counts.</summary>
public sealed class SegmentStageTests
{
    private const PortCapabilities Cutter =
        PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation | PortCapabilities.TransmitChecksum;

    private static readonly byte[] Bytes = LargeFrameSamples.Tcp4(3500, TcpFlags.Ack | TcpFlags.Psh);
    private static readonly IReadOnlyList<byte[]> Segments = PlainCutter.Cut(Bytes, 1000);

    [Fact]
    public void A_port_that_cannot_cut_gets_segments()
    {
        using var rig = new SegmentRig();
        Frame large = rig.Large(Bytes, 1000);
        Process(rig, large);
        SegmentRig.MustBeEqual(Segments, SegmentRig.BytesOf(large));
        Assert.Equal((1L, 4L, 4L), (rig.Counters.TsoSuperframes, rig.Counters.TsoSegments, rig.Counters.ChecksumsComputed));
        MustBeSettledAfter(rig, large);
    }

    [Theory]
    [InlineData(ChecksumState.Good)]
    [InlineData(ChecksumState.Partial)]
    public void A_port_that_cuts_gets_the_frame_whole_its_checksum_partial(ChecksumState state)
    {
        using var rig = new SegmentRig(capabilities: Cutter);
        Frame large = rig.Large(state == ChecksumState.Good ? Bytes : PlainHeaders.MadePartial(Bytes), 1000, state);
        Process(rig, large);
        Assert.Equal((1000, ChecksumState.Partial), (large.Info.SegmentSize, large.Info.Checksum));
        Assert.Equal(PlainHeaders.MadePartial(Bytes), large.Bytes.ToArray());
        Assert.Equal((4, Segments.Sum(segment => segment.Length)), (large.WireFrames, large.WireBytes));
        Assert.Equal((0L, 0L), (rig.Counters.TsoSuperframes, rig.Counters.ChecksumsComputed));
        MustBeSettledAfter(rig, large);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tags_pushed_on_the_way_count_for_each_segment(bool isTrain)
    {
        using var rig = new SegmentRig(capabilities: Cutter);
        Frame frame = isTrain ? rig.Train(Segments) : rig.Large(Bytes, 1000);
        for (Frame one = frame; !one.IsNull; one = one.Info.Next)
        {
            Span<byte> tag = one.Prepend(4);
            one.Bytes.Slice(4, 12).CopyTo(one.Bytes);
            ((ReadOnlySpan<byte>)[0x81, 0x00, 0x00, 0x05]).CopyTo(one.Bytes[12..]);
            Assert.Equal(4, tag.Length);
        }

        Process(rig, frame);
        Assert.Equal((4, Segments.Sum(segment => segment.Length + 4)), (frame.WireFrames, frame.WireBytes));
        MustBeSettledAfter(rig, frame);
    }

    [Fact]
    public void A_verdict_that_the_configuration_does_not_believe_is_none()
    {
        using var rig = new SegmentRig(capabilities: Cutter, believesChecksums: false);
        byte[] broken = TestFrames.With(Bytes, 100, (byte)~Bytes[100]);
        Frame large = rig.Large(broken, 1000);
        Process(rig, large);
        Assert.Equal(4, Count(large));
        Assert.DoesNotContain(SegmentRig.BytesOf(large), segment => PlainHeaders.Finished(segment).AsSpan().SequenceEqual(segment));
        MustBeSettledAfter(rig, large);
    }

    [Fact]
    public void A_large_frame_that_the_pool_cannot_cut_drops_and_nothing_leaks()
    {
        using var rig = new SegmentRig(new FramePoolSize(2, 0, 1));
        Frame large = rig.Large(LargeFrameSamples.Tcp4(20_000, TcpFlags.Ack), 1000);
        FrameBatch batch = Batch(large);
        rig.Stage.Process(batch, rig.Context);
        Assert.Equal((Disposition.Drop, DropReason.PoolEmpty), (large.Info.Disposition, large.Info.DropReason));
        Assert.Equal((20, 1L), (large.WireFrames, rig.Pool.InFlight));
        Assert.Equal(0, rig.Counters.TsoSuperframes);
        MustBeSettledAfter(rig, large);
    }

    [Theory]
    [InlineData(PortCapabilities.None, false)]
    [InlineData(PortCapabilities.UdpSegmentation, false)]
    [InlineData(PortCapabilities.Segmentation, true)]
    public void A_train_stays_chained_for_a_port_that_cuts_tcp(PortCapabilities port, bool isWhole)
    {
        using var rig = new SegmentRig(capabilities: port);
        Frame train = rig.Train(Segments);
        Process(rig, train);
        Assert.Equal(isWhole ? 1000 : 0, train.Info.SegmentSize);
        Assert.Equal(isWhole ? 4 : 1, train.WireFrames);
        Assert.Equal(isWhole ? (0L, 0L) : (1L, 4L), (rig.Counters.TsoSuperframes, rig.Counters.TsoSegments));
        SegmentRig.MustBeEqual(Segments, SegmentRig.BytesOf(train));
        MustBeSettledAfter(rig, train);
    }

    [Fact]
    public void A_train_that_no_cutter_gives_back_is_taken_apart()
    {
        using var rig = new SegmentRig(capabilities: Cutter);
        Frame train = rig.Train(PlainCutter.Cut(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack | TcpFlags.Cwr), 1000));
        Process(rig, train);
        Assert.Equal((0, 1, 1L, 3L), (train.Info.SegmentSize, train.WireFrames, rig.Counters.TsoSuperframes, rig.Counters.TsoSegments));
        MustBeSettledAfter(rig, train);
    }

    [Fact]
    public void A_train_of_one_identification_says_so()
    {
        using var rig = new SegmentRig(capabilities: Cutter);
        byte[] bytes = LargeFrameSamples.Tcp4(3000, TcpFlags.Ack, dontFragment: true);
        Frame train = rig.Train(PlainCutter.Cut(bytes, 1000, isIdentificationFixed: true));
        Process(rig, train);
        Assert.NotEqual(FrameTraits.None, train.Info.Traits & FrameTraits.FixedIdentification);
        MustBeSettledAfter(rig, train);
    }

    public static TheoryData<string> Partials =>
    [
        .. LargeFrameSamples.All().Select(sample => sample.Name)
            .Where(name => name.EndsWith(" 536", StringComparison.Ordinal) && !name.Contains("without", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Partials))]
    public void A_partial_checksum_is_finished_unless_the_port_does_that(string name)
    {
        byte[] frame = PlainCutter.Cut(LargeFrameSamples.All().Single(sample => sample.Name == name).Frame, 536)[^1];
        foreach (PortCapabilities port in (PortCapabilities[])[PortCapabilities.None, PortCapabilities.TransmitChecksum])
        {
            using var rig = new SegmentRig(capabilities: port);
            byte[] partial = PlainHeaders.MadePartial(frame);
            Frame sent = rig.Parsed(partial, ChecksumState.Partial);
            Process(rig, sent);
            Assert.Equal(port == PortCapabilities.None ? frame : partial, sent.Bytes.ToArray());
            Assert.Equal(port == PortCapabilities.None ? 1 : 0, rig.Counters.ChecksumsComputed);
            MustBeSettledAfter(rig, sent);
        }
    }

    [Fact]
    public void Checksums_of_a_train_taken_apart_are_finished_one_by_one()
    {
        using var rig = new SegmentRig();
        Frame train = rig.Train([.. Segments.Select(PlainHeaders.MadePartial)], ChecksumState.Partial);
        Process(rig, train);
        SegmentRig.MustBeEqual(Segments, SegmentRig.BytesOf(train));
        MustBeSettledAfter(rig, train);
    }

    [Fact]
    public void An_ordinary_frame_leaves_as_it_is()
    {
        using var rig = new SegmentRig();
        byte[] bytes = TestFrames.Ipv4("192.0.2.1", "192.0.2.2", TestTransport.Raw(IpProtocol.Tcp, 1, 2, 3));
        Frame frame = rig.Parsed(bytes);
        Process(rig, frame);
        Assert.Equal(bytes, frame.Bytes.ToArray());
        MustBeSettledAfter(rig, frame);
    }

    /// <summary>Large frames cut, gathered trains, copied and last segments: after a warm-up not one byte.</summary>
    [Fact]
    public void Nothing_is_allocated()
    {
        bool isOptimized = typeof(SegmentStage).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build, whose vectors are boxed: the Release build is judged.");
        using var rig = new SegmentRig();
        var into = new byte[FramePool.MaxFrameBytes];
        var batch = new FrameBatch();
        long allocated = 1;
        int worked = 0;
        for (int round = 0; round < 50 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            worked = 0;
            for (int i = 0; i < 500; i++) worked += CutAndGather(rig, batch, into) ? 1 : 0;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal((0, 500), (allocated, worked));
        rig.MustBeSettled();
    }

    /// <summary>Whether a segment was copied, the frame was cut into all of its four, and those were gathered again.</summary>
    private static bool CutAndGather(SegmentRig rig, FrameBatch batch, byte[] into)
    {
        rig.Pool.TryRent(Bytes.Length, out Frame large);
        Bytes.CopyTo(large.Bytes);
        large.Info.Checksum = ChecksumState.Unknown;
        LargeFrame.TryDescribe(large, 1000);
        large.Info.NetworkOffset = 14;
        large.Info.TransportOffset = 34;
        large.Info.DatagramLength = large.Length - 14;
        large.Info.Network = NetworkKind.Ipv4;
        large.Info.Protocol = IpProtocol.Tcp;
        large.Info.EgressPort = 1;
        bool isCopied = Segmenter.TryCopy(large, 2, rig.Pool, out Frame one);
        if (isCopied) rig.Pool.Return(one);
        long before = rig.Counters.TsoSegments;
        batch.TryAdd(large);
        rig.Stage.Process(batch, rig.Context);
        batch.Clear();
        large.Info.TrainFrames = 4;
        bool isGathered =
            WholeTrainRules.MayLeaveWhole(large, out _) && TrainGather.Write(large, into, completeChecksum: true) == Bytes.Length;
        rig.Return(large);
        return isCopied && isGathered && rig.Counters.TsoSegments - before == 4;
    }

    private static void Process(SegmentRig rig, Frame frame)
    {
        rig.Stage.Process(Batch(frame), rig.Context);
        Assert.Equal(Disposition.Transmit, frame.Info.Disposition);
    }

    private static FrameBatch Batch(Frame frame)
    {
        var batch = new FrameBatch();
        batch.TryAdd(frame);
        return batch;
    }

    private static int Count(Frame first) => SegmentRig.BytesOf(first).Count;

    private static void MustBeSettledAfter(SegmentRig rig, Frame frame)
    {
        rig.Return(frame);
        rig.MustBeSettled();
    }
}
