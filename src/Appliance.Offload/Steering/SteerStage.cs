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
        _tuples.Hash(batch.Frames, model);
        foreach (Frame frame in batch.Frames)
        {
            ref FrameInfo info = ref frame.Info;
            info.Bucket = model.Table.BucketOf(info.Hash);
            info.Worker = model.Table.OwnerOf(info.Bucket);
            if (info.Worker != worker) batch.End(frame, Disposition.HandOff);
            if (context.Trace is { } trace) trace.Explain(frame, $"hash {info.Hash:x8}, bucket {info.Bucket}, vcpu {info.Worker}");
        }
    }
}
