using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// Mastership moves for a reason: a fault has begun or ended not long before, so that a silence, a hold-down or both sides' coming together
/// may have followed from it.
/// </summary>
internal sealed class MastersStay(World world) : Checker(world, "masters stay")
{
    private const long Slack = 2 * Duration.Second;

    private readonly int[] _masters = [-1, -1];

    private long Reach => World.Profile.Silence + World.Profile.AdvertInterval + (World.Profile.HoldDown * Duration.Second) + Slack;

    public override void OnMasters(int group, int masters)
    {
        int before = _masters[group], master = World.MasterOf(group);
        if (master < 0 || master == before) return;
        _masters[group] = master;
        MonotonicTime disturbed = World.Judge.QuietSince;
        bool hasReason = before < 0 || !World.Judge.IsQuiet || World.Now - disturbed <= Reach;
        if (hasReason) return;
        Complain($"{World.NameOf(group)} moves from {World.Boxes[before].Name} to {World.Boxes[master].Name}, "
            + $"{World.Text(World.Now - disturbed)} after anything was wrong; allowed are {World.Text(Reach)}");
    }
}
