using Appliance.Engine;
using Appliance.Offload;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Frames that were parsed, one at a time or as a train.</summary>
internal sealed class FrameRig : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(64, 8, 2));
    private readonly PortTable _ports = new([new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router }]);
    private readonly WorkerCounters _counters = new(1);

    public Frame Parsed(byte[] bytes)
    {
        Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        var batch = new FrameBatch();
        Assert.True(batch.TryAdd(frame));
        var context = new StageContext(new MonotonicTime(0), 0, _counters, _pool, new FrameSource(_pool, _counters), null);
        new ParseStage(_ports).Process(batch, context);
        Assert.Equal(0, batch.Ended);
        return frame;
    }

    public Frame Train(params byte[][] frames)
    {
        Frame[] train = [.. frames.Select(Parsed)];
        for (int i = 0; i + 1 < train.Length; i++)
            train[i].Info.Next = train[i + 1];
        train[0].Info.Last = train[^1];
        train[0].Info.TrainFrames = train.Length;
        return train[0];
    }

    /// <summary>The frame's bytes as they are now; it goes home.</summary>
    public byte[] Take(Frame frame)
    {
        byte[] bytes = frame.Bytes.ToArray();
        _pool.Return(frame);
        return bytes;
    }

    public void Dispose() => _pool.Dispose();
}
