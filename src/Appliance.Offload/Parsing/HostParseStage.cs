using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>The first stage of a frame that the host sends: finds every header once, and drops what is malformed.</summary>
public sealed class HostParseStage : IStage
{
    public string Name => "host-parse";

    public void Process(FrameBatch batch, in StageContext context)
    {
        foreach (Frame frame in batch.Frames)
        {
            DropReason refused = FrameParser.ParseOfHost(frame);
            if (refused != DropReason.None) batch.Drop(frame, refused);
        }
    }
}
