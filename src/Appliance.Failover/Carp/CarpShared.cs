using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>What the groups of one box share.</summary>
internal sealed class CarpShared(CarpNodeSettings settings, KeyedRandom random)
{
    public CarpNodeSettings Settings { get; set; } = settings;
    public KeyedRandom Random { get; } = random;
    public DemotionLedger Ledger { get; } = new();
    public CarpStatistics Statistics { get; } = new();
    public CarpTimeline Timeline { get; } = new();
    public CarpActions Actions { get; } = new();

    /// <summary>How many groups were here and are no more: one that comes back is another.</summary>
    public ulong GroupsGone { get; set; }

    /// <summary>The peer says that it does not hear us (the lane).</summary>
    public bool IsPeerDeaf { get; set; }

    /// <summary>What has come while the box slept is being heard: some of it is older than what comes behind it.</summary>
    public bool IsListening { get; set; }

    /// <summary>Before this no group preempts: one for all, so that both sides of the box move in the same moment.</summary>
    public MonotonicTime MayPreemptFrom { get; private set; }

    public void HoldPreemption(MonotonicTime until)
    {
        if (MayPreemptFrom < until) MayPreemptFrom = until;
    }
}
