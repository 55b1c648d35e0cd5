using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Offload;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>
/// The life of a frame: the one ordered list of stages. Read this first.
/// <code>
///   port ──► parse ──► steer ──┬─► verify ─► coalesce ─► neighbour ─► admit ─► firewall-in ─► local ──┐
///            by whoever        │   by the owner of the flow                                          │
///            received it       └─► another worker's ring                                             │
///                       ┌────────────────────────────────────────────────────────────────────────────┘
///                       └──┬─► route ─► firewall-out ─► mtu ─► link ─► segment ──► port
///                          ▲
///            replies and errors made here
/// </code>
/// A new protocol is a stage in this list, or a responder that one of them calls.
/// </summary>
public static class DataplanePath
{
    /// <summary>
    /// The stages of worker <paramref name="worker"/>; each worker has its own, sharing only the models, the count of states, the ports of
    /// those that are translated, and rings of letters.
    /// </summary>
    public static StageSequence Build(int worker, NodeModels models, StateSharing states)
    {
        var segment = new SegmentStage(models.Ports);
        var firewall = new FirewallShard(worker, models.Firewall, models.Steering, states);
        var errors = new ErrorReplies(models.Steering.Table.Buckets, finisher: segment, origin: firewall);
        var route = new RouteStage(models.Routing, errors);
        return new StageSequence(
            arrival:
            [
                new ParseStage(models.Ports),
                new SteerStage(worker, models.Steering),
            ],
            judging:
            [
                new VerifyStage(models.Checksums, models.Ports),
                new CoalesceStage(models.Ports),
                new NeighbourStage(models.Routing),
                new AdmitStage(models.Routing),
                new FirewallStage(firewall, RuleDirection.In, route),
                new LocalStage(models.Routing),
            ],
            leaving:
            [
                route,
                new FirewallStage(firewall, RuleDirection.Out, route),
                new MtuStage(models.Routing, errors, finisher: segment),
                new LinkStage(models.Ports),
                segment,
            ],
            bucketStates: [errors, firewall],
            timers: [firewall],
            letterBoxes: [firewall]);
    }
}
