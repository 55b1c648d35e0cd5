using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// The last stage: what the egress port cannot do by itself is done here. A train leaves frame by frame unless the port cuts large frames.
/// </summary>
public sealed class SegmentStage(PortTable model) : IStageOf<PortTable>
{
    private PortTable _ports = model;

    public string Name => "segment";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        _ = _ports;
        foreach (Frame frame in batch.Frames)
        {
            if (frame.IsTrain) CutTrain(frame, context.Counters);
            batch.End(frame, Disposition.Transmit);
        }
    }

    private static void CutTrain(Frame head, WorkerCounters counters)
    {
        counters.TsoSuperframes++;
        counters.TsoSegments += head.Info.TrainFrames;
        head.Info.TrainFrames = 0;
    }
}
