using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The firewall at one of its two places: <c>firewall-in</c>, where frames have come in and before anything answers or routes them, or
/// <c>firewall-out</c>, when their port is known. Without a ruleset it does nothing.
/// </summary>
/// <param name="shard">The worker's, shared by both places.</param>
/// <param name="direction">Which place.</param>
/// <param name="unreachable">Answers what rules refuse with an ICMP error.</param>
/// <param name="router">Sends frames the way that their rule gives them.</param>
public sealed class FirewallStage(FirewallShard shard, RuleDirection direction, IUnreachableReplies unreachable, IFlowRouter router)
    : IStageOf<FirewallModel>, IStageOf<SteeringRules>, IStageOf<BucketMove>
{
    private readonly FirewallJudge _judge = new(shard, direction, unreachable, router);

    public string Name => direction == RuleDirection.In ? "firewall-in" : "firewall-out";

    public void Adopt(FirewallModel model) => shard.Adopt(model);

    public void Adopt(SteeringRules model) => shard.Adopt(model);

    public void Adopt(BucketMove model) => shard.Adopt(model);

    public void Process(FrameBatch batch, in StageContext context)
    {
        if (shard.Model.IsOn) _judge.Process(batch, context);
    }
}
