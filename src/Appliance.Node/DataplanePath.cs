using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Offload;
using Appliance.Routing;

namespace Appliance.Node;

/// <summary>
/// The life of a frame: the one ordered list of stages. Read this first.
/// <code>
///   port ──► parse ──► steer ──┬─► verify ─► coalesce ─► express ─┬─► neighbour ─► admit ─► firewall-in ─► local ──┐
///            by whoever        │   by the owner of the flow        │                                              │
///            received it       └─► another worker's ring           └─── what is established ───┐                  │
///                       ┌──────────────────────────────────────────────────────────────────────│──────────────────┘
///                       └──┬─► route ─► firewall-out ─► mtu ───────────────────────────────────┴─► link ─► segment ──► port
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
    public static StageSequence Build(int worker, NodeModels models, StateSharing states, bool usesExpress = true)
    {
        var segment = new SegmentStage(models.Ports);
        var epoch = new PathEpoch();
        var firewall = new FirewallShard(worker, models.Firewall, models.Steering, states, epoch);
        var errors = new ErrorReplies(models.Steering.Table.Buckets, finisher: segment, origin: firewall);
        var route = new RouteStage(models.Routing, errors, states.Ways);
        return new StageSequence(
            arrival:
            [
                new ParseStage(models.Ports),
                new SteerStage(worker, models.Steering),
            ],
            opening:
            [
                new VerifyStage(models.Checksums, models.Ports),
                new CoalesceStage(models.Ports),
                .. usesExpress ? (ImmutableArray<IStage>)[new ExpressStage(firewall, models.Ports)] : [],
            ],
            judging:
            [
                new NeighbourStage(models.Routing),
                new AdmitStage(models.Routing),
                new FirewallStage(firewall, RuleDirection.In, route, route),
                new LocalStage(models.Routing),
            ],
            leaving:
            [
                route,
                new FirewallStage(firewall, RuleDirection.Out, route, route),
                new MtuStage(models.Routing, errors, finisher: segment),
            ],
            finishing:
            [
                new LinkStage(models.Ports),
                segment,
            ],
            epoch: epoch,
            order: firewall,
            bucketStates: [errors, firewall],
            timers: [firewall],
            letterBoxes: [firewall]);
    }
}
