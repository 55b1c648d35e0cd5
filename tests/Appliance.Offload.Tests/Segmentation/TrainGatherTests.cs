using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>
/// The property behind handing trains over whole: cutting the gathered frame gives back each frame of the train, byte for byte.
/// </summary>
public sealed class TrainGatherTests
{
    /// <summary>
    /// A train leaves whole if and only if nothing hinders it, and then both our cutter and the plain one give its frames back, whichever
    /// checksum the gathered frame has.
    /// </summary>
    [Fact]
    public void Cutting_what_was_gathered_gives_back_the_train()
    {
        int streams = TestSize.Of(person: 20_000, server: 100_000, soak: 1_000_000), seed = TestSize.Seed(1);
        var hindered = new int[Enum.GetValues<Hindrance>().Length];
        using var rig = new SegmentRig();
        var into = new byte[FramePool.MaxFrameBytes];
        for (int i = 0; i < streams; i++)
        {
            int one = seed + i;
            var stream = new HinderedSegments(one);
            string what = $"seed {one}, {stream.Hindrance}";
            hindered[(int)stream.Hindrance]++;
            Frame train = Train(rig, stream, one);
            bool may = WholeTrainRules.MayLeaveWhole(train, out bool isFixed);
            Assert.True(may == (stream.Hindrance == Hindrance.None), $"{what}: may leave whole: {may}");
            if (may) MustComeBack(rig, train, stream.Frames, isFixed, isComplete: one % 2 == 0, into, what);
            SegmentRig.MustBeEqual(stream.Frames, SegmentRig.BytesOf(train), $"{what}: the train");
            rig.Return(train);
            rig.MustBeSettled();
        }

        string kinds = string.Join(", ", Enum.GetNames<Hindrance>().Zip(hindered));
        TestContext.Current.TestOutputHelper?.WriteLine($"{streams} streams from seed {seed}; {kinds}");
        Assert.All(hindered, count => Assert.True(count > 10));
    }

    [Fact]
    public void A_frame_without_room_is_not_written()
    {
        using var rig = new SegmentRig();
        Frame train = rig.Train(PlainCutter.Cut(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack), 1000));
        var into = new byte[3054];
        Assert.Equal(3054, TrainGather.LengthOf(train));
        Assert.Equal(0, TrainGather.Write(train, into.AsSpan(1), completeChecksum: false));
        Assert.False(TrainGather.TryWriteVerified(train, into.AsSpan(1), completeChecksum: false, out _));
        Assert.All(into, value => Assert.Equal(0, value));
        rig.Return(train);
    }

    [Fact]
    public void A_bad_checksum_in_any_place_is_found_by_the_copy()
    {
        IReadOnlyList<byte[]> frames = PlainCutter.Cut(LargeFrameSamples.Tcp4(4015, TcpFlags.Ack), 999);
        var into = new byte[5000];
        using var rig = new SegmentRig();
        for (int i = 0; i < frames.Count; i++)
        {
            Frame train = rig.Train([.. frames.Select((frame, at) => at == i ? TestFrames.With(frame, 60, (byte)~frame[60]) : frame)]);
            Assert.False(TrainGather.TryWriteVerified(train, into, completeChecksum: true, out _));
            rig.Return(train);
        }

        Frame sound = rig.Train(frames);
        Assert.True(TrainGather.TryWriteVerified(sound, into, completeChecksum: true, out int length));
        SegmentRig.MustBeEqual(frames, PlainCutter.Cut(into[..length], 999));
        Assert.Equal(PlainHeaders.Finished(into[..length]), into[..length]);
        rig.Return(sound);
    }

    [Fact]
    public void What_is_longer_than_a_datagram_can_be_does_not_leave_whole()
    {
        byte[] longest = LargeFrameSamples.Tcp4(65_495, TcpFlags.Ack);
        List<byte[]> frames = [.. PlainCutter.Cut(longest, 1448)];
        using var rig = new SegmentRig();
        Frame train = rig.Train(frames);
        Assert.True(WholeTrainRules.MayLeaveWhole(train, out _));
        rig.Return(train);
        train = rig.Train(PlainCutter.Cut(longest, 1448).SkipLast(1).Append(OneByteMore(frames[^1])).ToList());
        Assert.False(WholeTrainRules.MayLeaveWhole(train, out _));
        rig.Return(train);
    }

    private static byte[] OneByteMore(byte[] frame)
    {
        byte[] more = TestFrames.WithIpv4([.. frame, 0], 3, (byte)(frame[17] + 1));
        return PlainHeaders.Finished(more);
    }

    /// <summary>Frames that somebody verified, alone or in a train, or that nobody did.</summary>
    private static Frame Train(SegmentRig rig, HinderedSegments stream, int seed)
    {
        ChecksumState known = (seed % 3) switch
        {
            0 => ChecksumState.Unknown,
            1 => ChecksumState.ValidatedButStale,
            _ => ChecksumState.Good,
        };
        return rig.Train(stream.Frames, stream.Hindrance == Hindrance.TcpChecksumBad ? ChecksumState.Unknown : known);
    }

    private static void MustComeBack(
        SegmentRig rig, Frame train, List<byte[]> frames, bool isFixed, bool isComplete, byte[] into, string what)
    {
        int length = TrainGather.Write(train, into, isComplete);
        Assert.Equal(TrainGather.LengthOf(train), length);
        byte[] gathered = into[..length];
        Assert.True(TrainGather.TryWriteVerified(train, into, isComplete, out _), what);
        SegmentRig.MustBeEqual([gathered], [into[..length]], $"{what}: verified or not");
        byte[] wanted = isComplete ? PlainHeaders.Finished(gathered) : PlainHeaders.MadePartial(gathered);
        SegmentRig.MustBeEqual([wanted], [gathered], $"{what}: the whole frame's checksum");

        int size = TrainGather.SegmentSizeOf(train);
        SegmentRig.MustBeEqual(frames, PlainCutter.Cut(gathered, size, isFixed), $"{what}: the plain cutter");
        Frame large = rig.Large(gathered, size, isComplete ? ChecksumState.Good : ChecksumState.Partial, isFixed);
        Segmenter.Cut(large, rig.Pool, out _);
        SegmentRig.MustBeEqual(frames, SegmentRig.BytesOf(large), $"{what}: our cutter");
        rig.Return(large);
    }
}
