namespace Appliance.Simulation;

/// <summary>
/// No flow is lost: whatever happened, once it is over every conversation goes on, but for what nobody can know any more
/// (<see cref="Judge.IsExcused"/>).
/// </summary>
internal sealed class FlowsKept(World world) : Checker(world, "no flow lost")
{
    private const long Patience = 5 * Duration.Second;

    public override void OnLost(Conversation conversation) => Complain($"{Text(conversation)} ended: {conversation.State}");

    public override void AtEnd()
    {
        foreach (Conversation conversation in World.Users.Going)
        {
            bool isStuck = World.Judge.PeaceSince(conversation.ProgressedAt) > Patience && !World.Judge.IsExcused(conversation);
            if (!isStuck) continue;
            Complain($"{Text(conversation)} has got no answer since {World.Text(conversation.ProgressedAt - World.Beginning)}");
        }
    }

    private static string Text(Conversation conversation) =>
        $"conversation {conversation.Id} ({conversation.Protocol}, port {conversation.OwnPort})";
}
