using System.Diagnostics;
using System.Numerics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// LRO that a router can leave on: the TCP segments of a batch that follow one another become trains. Nothing is copied or changed; a train
/// is its frames chained behind the first, and whoever needs them one by one takes it apart (<see cref="FrameBatch.Uncouple"/>). Because
/// only segments join that a sender's TSO could have cut from one (RFC 9293 leaves that to the sender), what leaves is what came.
/// </summary>
public sealed class CoalesceStage(PortTable model) : IStageOf<PortTable>
{
    private readonly TrainKernel _trains = new();
    private readonly byte[] _kept = new byte[TrainKernel.MaxFrames];
    private PortTable _ports = model;

    public string Name => "coalesce";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        ReadOnlySpan<Frame> frames = batch.Frames;
        if ((batch.Facts & BatchFacts.NoSegments) != BatchFacts.None || !HasSegments(frames)) return;
        Debug.Assert(frames.Length <= TrainKernel.MaxFrames);
        ulong followers = _trains.Couple(frames, _ports, context.Counters);
        if (followers == 0) return;

        int kept = 0;
        ulong all = ulong.MaxValue >> (TrainKernel.MaxFrames - frames.Length);
        for (ulong stay = all & ~followers; stay != 0; stay &= stay - 1) _kept[kept++] = (byte)BitOperations.TrailingZeroCount(stay);
        batch.KeepOnly(_kept.AsSpan(0, kept));
        if (context.Trace is { } trace) Explain(trace, batch);
    }

    /// <summary>
    /// Two segments of TCP at least: of less there is no train. To leave at the second would cost the loop more than it saves.
    /// </summary>
    private static bool HasSegments(ReadOnlySpan<Frame> frames)
    {
        int segments = 0;
        foreach (Frame frame in frames)
            segments += frame.Info.Protocol == IpProtocol.Tcp ? 1 : 0;
        return segments >= 2;
    }

    private static void Explain(IPathTrace trace, FrameBatch batch)
    {
        foreach (Frame frame in batch.Frames)
        {
            if (frame.IsTrain) trace.Explain(frame, $"head of a train of {frame.Info.TrainFrames} segments, {frame.Info.TrainBytes} bytes");
        }
    }
}
