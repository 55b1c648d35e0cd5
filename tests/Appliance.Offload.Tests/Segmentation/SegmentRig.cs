using Appliance.Engine;
using Appliance.Offload.Tests.Parsing;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>A pool with slots of every size, frames in it as a port would deliver them, and a check that all come home.</summary>
internal sealed class SegmentRig : IDisposable
{
    private readonly PortTable _ports;

    public SegmentRig(FramePoolSize? size = null, PortCapabilities capabilities = PortCapabilities.None, bool believesChecksums = true)
    {
        Pool = new FramePool(3, size ?? new FramePoolSize(512, 80, 8));
        Counters = new WorkerCounters(2);
        Source = new FrameSource(Pool, Counters);
        _ports = new PortTable(
        [
            new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router, BelievesChecksums = believesChecksums },
            new PortFacts { Index = 1, Name = "wan", Physical = 1, Mac = TestFrames.Router, Capabilities = capabilities },
        ]);
        Stage = new SegmentStage(_ports);
    }

    public FramePool Pool { get; }

    public WorkerCounters Counters { get; }

    public FrameSource Source { get; }

    public SegmentStage Stage { get; }

    public StageContext Context => new(new MonotonicTime(0), 0, Counters, Pool, Source, null);

    /// <summary>A frame with these bytes, parsed, on its way to port 1.</summary>
    public Frame Parsed(byte[] bytes, ChecksumState checksum = ChecksumState.Unknown)
    {
        Frame frame = Received(bytes, checksum);
        Parse(frame);
        return frame;
    }

    /// <summary>The same as a large frame; the description must hold.</summary>
    public Frame Large(byte[] bytes, int size, ChecksumState checksum = ChecksumState.Good, bool isIdentificationFixed = false)
    {
        Frame frame = Received(bytes, checksum);
        Assert.True(LargeFrame.TryDescribe(frame, size, isIdentificationFixed));
        Parse(frame);
        return frame;
    }

    public Frame Received(byte[] bytes, ChecksumState checksum = ChecksumState.Unknown)
    {
        Assert.True(Pool.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        frame.Info.Checksum = checksum;
        return frame;
    }

    /// <summary>Frames chained as coalescing does it.</summary>
    public Frame Train(IReadOnlyList<byte[]> frames, ChecksumState checksum = ChecksumState.Good)
    {
        Frame head = default, last = default;
        foreach (byte[] bytes in frames)
        {
            Frame frame = Parsed(bytes, checksum);
            ref FrameInfo info = ref (head.IsNull ? frame : head).Info;
            if (head.IsNull) head = frame;
            else last.Info.Next = frame;
            last = frame;
            info.TrainFrames++;
            info.TrainBytes += frame.Length;
            info.TrainLargest = Math.Max(info.TrainLargest, frame.Info.DatagramLength);
        }

        head.Info.Last = last;
        return head;
    }

    public static List<byte[]> BytesOf(Frame first)
    {
        var all = new List<byte[]>();
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
            all.Add(frame.Bytes.ToArray());
        return all;
    }

    public void Return(Frame first)
    {
        while (!first.IsNull)
        {
            Frame next = first.Info.Next;
            Pool.Return(first);
            first = next;
        }
    }

    public static void MustBeEqual(IReadOnlyList<byte[]> expected, IReadOnlyList<byte[]> actual, string what = "")
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {expected.Count} frames expected, {actual.Count} came");
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i].AsSpan().SequenceEqual(actual[i])) continue;
            int at = expected[i].AsSpan().CommonPrefixLength(actual[i]);
            string lengths = $"{expected[i].Length} bytes, came {actual[i].Length}";
            Assert.Fail($"{what}: frame {i} of {expected.Count} ({lengths}) differs at byte {at}");
        }
    }

    /// <summary>Every slot is home again.</summary>
    public void MustBeSettled() => Assert.Equal(0, Pool.InFlight);

    public void Dispose() => Pool.Dispose();

    private void Parse(Frame frame)
    {
        var batch = new FrameBatch();
        batch.TryAdd(frame);
        PortTable any = ParseRig.Ports;
        frame.Info.IngressPort = ParseRig.Any;
        new ParseStage(any).Process(batch, new StageContext(new MonotonicTime(0), 0, new WorkerCounters(any.Count), Pool, Source, null));
        Assert.True(batch.Ended == 0, $"parse refused: {frame.Info.DropReason}");
        frame.Info.IngressPort = 0;
        frame.Info.EgressPort = 1;
    }
}
