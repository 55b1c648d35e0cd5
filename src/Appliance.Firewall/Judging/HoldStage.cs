using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The last place before frames are cut and sent: those of flows that the peer does not know yet wait here, if the pair is to know each
/// flow before anybody can answer to it.
/// </summary>
/// <param name="shard">The worker's.</param>
public sealed class HoldStage(FirewallShard shard) : IStage
{
    public string Name => "hold";

    public void Process(FrameBatch batch, in StageContext context)
    {
        if (!shard.Hold.MayHold) return;
        foreach (Frame frame in batch.Frames)
        {
            bool isAwaiting = (frame.Info.Traits & FrameTraits.Awaiting) != FrameTraits.None;
            if (isAwaiting && frame.Info.Disposition == Disposition.Continue) shard.Hold.Take(batch, frame, context);
        }
    }
}
