namespace Appliance.Simulation;

/// <summary>With preemption the better box has everything in the end: its hold-down is over, and nothing is wrong.</summary>
internal sealed class BetterBoxIsMaster(World world) : Checker(world, "better box is master")
{
    private const long Slack = Duration.Second;

    public override void AtEnd()
    {
        long due = World.Profile.Silence + World.Profile.AdvertInterval + (World.Profile.HoldDown * Duration.Second) + Slack;
        bool isDue = World.Profile.Preempts && !World.Judge.IsDisturbed && World.Now - World.Judge.DisturbedAt > due;
        for (int group = 0; isDue && group < World.Groups; group++)
        {
            if (World.MasterOf(group) != 0) Complain($"{World.NameOf(group)} is not at A, {World.Text(due)} after the last fault");
        }
    }
}
