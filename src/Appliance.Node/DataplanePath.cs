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
///                       └──┬─► route ─► firewall-out ─► mtu ───────────────────────────────────┴─► link ─► hold ─► segment ──► port
///                          ▲
///            replies and errors made here ◄─ steer ◄─ host ◄─ host-parse ◄─ the host
/// </code>
/// A new protocol is a stage in this list, or a responder that one of them calls.
/// </summary>
public static class DataplanePath
{
    /// <summary>
    /// The stages of worker <paramref name="worker"/>; each worker has its own, sharing only the models, the count of states, the ports of
    /// those that are translated, and rings of letters.
    /// </summary>
    /// <param name="worker">From 0.</param>
    /// <param name="models">The first.</param>
    /// <param name="states">What is shared.</param>
    /// <param name="usesExpress">Off in tests that compare.</param>
    /// <param name="neighbours">Live: who is resolved while frames flow. Null: nobody is.</param>
    public static StageSequence Build(
        int worker, NodeModels models, StateSharing states, bool usesExpress = true, NeighbourExchange? neighbours = null)
    {
        var segment = new SegmentStage(models.Ports);
        var epoch = new PathEpoch();
        var firewall = new FirewallShard(worker, models.Firewall, models.Steering, states, epoch);
        var errors = new ErrorReplies(models.Steering.Table.Buckets, finisher: segment, origin: firewall);
        NeighbourWaiting? waiting = neighbours is null ? null : new NeighbourWaiting(worker, neighbours, models.Routing, errors, epoch);
        var host = new HostDelivery(models.Steering.Table.Buckets, finisher: segment);
        var steer = new SteerStage(worker, models.Steering);
        var route = new RouteStage(models.Routing, errors, states.Ways, waiting);
        return new StageSequence(
            arrival:
            [
                new ParseStage(models.Ports),
                steer,
            ],
            opening:
            [
                new VerifyStage(models.Checksums, models.Ports),
                new CoalesceStage(models.Ports),
                .. usesExpress ? (ImmutableArray<IStage>)[new ExpressStage(firewall, models.Ports)] : [],
            ],
            judging:
            [
                new NeighbourStage(models.Routing, isAnswering: waiting is null),
                new AdmitStage(models.Routing),
                new FirewallStage(firewall, RuleDirection.In, route, route),
                new LocalStage(models.Routing, host),
            ],
            leaving:
            [
                route,
                new FirewallStage(firewall, RuleDirection.Out, route, route),
                new MtuStage(models.Routing, errors, finisher: segment),
            ],
            finishing:
            [
                new LinkStage(models.Ports, waiting),
                new HoldStage(firewall),
            ],
            parting: [segment],
            epoch: epoch,
            order: firewall,
            bucketStates: waiting is null ? [errors, firewall, host] : [errors, firewall, host, waiting.BucketState],
            timers: waiting is null ? [firewall] : [firewall, waiting.Timer],
            letterBoxes: [firewall],
            holder: waiting?.Holder,
            lastHolder: firewall.Holder,
            hostArrival:
            [
                new HostParseStage(),
                new HostStage(models.Routing),
                steer,
            ]);
    }
}
