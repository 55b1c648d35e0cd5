using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// The vRSS dispatcher: hashes a frame's flow, finds its bucket, and hands the frame to the worker that owns the bucket unless that is
/// this one. A frame that cannot be hashed belongs to bucket 0, as it goes to the default queue under NDIS.
/// </summary>
public sealed class SteerStage(int worker, SteeringRules model) : IStageOf<SteeringRules>
{
    private readonly TupleBatch _tuples = new();
    private SteeringRules _model = model;

    public string Name => "steer";

    public void Adopt(SteeringRules model) => _model = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        SteeringRules model = _model;
        ReadOnlySpan<Frame> frames = batch.Frames;
        if (Assign(frames, _tuples.Hash(frames, model, batch.Facts), model.Table, context.Counters.OwnedByBucket) > 0) HandOff(batch);
        if (context.Trace is { } trace) Explain(trace, frames);
    }

    /// <summary>
    /// Tells each frame its hash, bucket and worker; counts those that stay, and answers how many do not. Not inlined: the loop needs the
    /// registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Assign(ReadOnlySpan<Frame> frames, ReadOnlySpan<uint> hashes, IndirectionTable table, Span<long> owned)
    {
        int self = worker, foreign = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            ref FrameInfo info = ref frames[i].Info;
            uint hash = hashes[i];
            ushort bucket = table.BucketOf(hash), owner = table.OwnerOf(bucket);
            info.Hash = hash;
            info.Bucket = bucket;
            info.Worker = owner;
            int isForeign = owner == self ? 0 : 1;
            foreign += isForeign;
            owned[bucket] += 1 - isForeign;
        }

        return foreign;
    }

    private void HandOff(FrameBatch batch)
    {
        foreach (Frame frame in batch.Frames)
        {
            if (frame.Info.Worker != worker) batch.End(frame, Disposition.HandOff);
        }
    }

    private static void Explain(IPathTrace trace, ReadOnlySpan<Frame> frames)
    {
        foreach (Frame frame in frames)
            trace.Explain(frame, $"hash {frame.Info.Hash:x8}, bucket {frame.Info.Bucket}, vcpu {frame.Info.Worker}");
    }
}
