using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node;

/// <summary>Sync in the breaths of one worker: what has come is adopted before frames are judged; who sends is rung behind them.</summary>
internal sealed class SyncBreath(SyncBuckets buckets, SyncJournal journal, SyncStreams streams, Doorbell sender) : IBreathPart
{
    public int Begin(MonotonicTime now) => buckets.Step(now);

    public void End()
    {
        if (journal.IsEmpty) return;
        Interlocked.MemoryBarrier();                                    // what was written before whether anybody is to be told
        if (!streams.IsFull) sender.RingBehindFence();
    }
}
