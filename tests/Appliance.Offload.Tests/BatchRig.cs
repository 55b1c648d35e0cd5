using Appliance.Engine;
using Appliance.Offload.Tests.Parsing;
using Xunit;

namespace Appliance.Offload.Tests;

/// <summary>Batches for stages, of frames that arrived at the first port, and the context of worker 0.</summary>
internal sealed class BatchRig : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(256, 0, 0));

    public WorkerCounters Counters { get; } = new(ParseRig.Ports.Count);

    public FrameBatch Batch(params byte[][] frames)
    {
        var batch = new FrameBatch();
        foreach (byte[] bytes in frames)
        {
            Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
            bytes.CopyTo(frame.Bytes);
            Assert.True(batch.TryAdd(frame));
        }

        return batch;
    }

    public StageContext Context(IPathTrace? trace = null) =>
        new(new MonotonicTime(0), 0, Counters, _pool, new FrameSource(_pool, Counters), trace);

    /// <summary>One frame, parsed; it must be sound.</summary>
    public Frame Parsed(byte[] bytes)
    {
        FrameBatch batch = Batch(bytes);
        new ParseStage(ParseRig.Ports).Process(batch, Context());
        Assert.Equal(0, batch.Ended);
        return batch.Frames[0];
    }

    /// <summary>For tests that go through many frames.</summary>
    public void Return(Frame frame) => _pool.Return(frame);

    public void Dispose() => _pool.Dispose();
}
