using Appliance.Configuration;

namespace Appliance.Node;

/// <summary>How many of the frames that came in got which verdict.</summary>
public readonly record struct VerdictSums(long Pass, long Block, long Drop, long Consume)
{
    /// <summary>From the accounts at rest: a frame is dropped at the physical port where it came in, what was made here at none.</summary>
    public static VerdictSums Of(NodeAccounts accounts, RuntimeModel configuration)
    {
        long refused = configuration.Ports.Where(port => port.IsPhysical).Sum(port => accounts.Ports[port.Index].FramesDropped);
        long blocked = accounts.Drops.Where(drop => FrameVerdict.IsBlock(drop.Key)).Sum(drop => drop.Value);
        blocked = Math.Min(blocked, refused);
        return new VerdictSums(accounts.Received - accounts.Consumed - refused, blocked, refused - blocked, accounts.Consumed);
    }
}
