using Appliance.Node;

namespace Appliance.Simulation;

/// <summary>
/// Every frame is accounted for once: what a box received or made has left, was dropped for a reason, ended there or is still inside;
/// what the account says has left is on a cable; and what went into a cable came out, is under way, or was lost by a fault.
/// </summary>
internal sealed class FramesConserved(World world) : Checker(world, "frames conserved")
{
    public override void OnEndOfLife(SimulatedBox box, BoxLife life)
    {
        NodeAccounts accounts = life.Node.ReadAccounts();
        long held = life.Node.FramesHeld, waiting = life.Waiting, inFlight = life.Node.Workers.Sum(worker => worker.Pool.InFlight);
        long missing = accounts.Received + accounts.Generated - accounts.Transmitted - accounts.Dropped - accounts.Consumed - held;
        if (missing != 0) Complain($"{box.Name}: {missing} frames of {accounts.Received} received are in no account");
        if (inFlight != held + waiting) Complain($"{box.Name}: {inFlight} frames are not home, {held} are held and {waiting} wait");
        if (accounts.Received + waiting != life.Entered)
            Complain($"{box.Name}: {accounts.Received} frames are counted as received, {life.Entered} came and {waiting} wait");
        if (accounts.Transmitted != box.OnCable)
            Complain($"{box.Name}: {accounts.Transmitted} frames are counted as sent, {box.OnCable} were");
    }

    public override void AtEnd()
    {
        foreach (Cable cable in World.Cables.Concat(World.Users.Cables))
        {
            long missing = cable.Sent + cable.Copies - cable.Heard - cable.Lost - cable.UnderWay;
            if (missing != 0) Complain($"cable {cable.Name}: {missing} of {cable.Sent} frames are nowhere");
        }
    }
}
