using Appliance.Engine;
using Appliance.Offload;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>
/// The life of a frame: the one ordered list of stages. Read this first.
/// <code>
///   port ──► parse ──► steer ──┬─► coalesce ─► neighbour ─► admit ─► local ─► route ─► mtu ─► link ─► segment ──► port
///            by whoever        │   by the owner of the flow                     ▲
///            received it       └─► another worker's ring                        │
///                                                                  replies and errors made here
/// </code>
/// A new protocol is a stage in this list, or a responder that one of them calls.
/// </summary>
public static class DataplanePath
{
    /// <summary>The stages of worker <paramref name="worker"/>; each worker has its own, sharing only the models.</summary>
    public static StageSequence Build(int worker, NodeModels models)
    {
        var segment = new SegmentStage(models.Ports);
        var errors = new ErrorReplies(models.Steering.Table.Buckets, finisher: segment);
        return new StageSequence(
            arrival:
            [
                new ParseStage(models.Ports),
                new SteerStage(worker, models.Steering),
            ],
            judging:
            [
                new CoalesceStage(models.Ports),
                new NeighbourStage(models.Routing),
                new AdmitStage(models.Routing),
                new LocalStage(models.Routing),
            ],
            leaving:
            [
                new RouteStage(models.Routing, errors),
                new MtuStage(models.Routing, errors, finisher: segment),
                new LinkStage(models.Ports),
                segment,
            ],
            bucketStates: [errors]);
    }
}
