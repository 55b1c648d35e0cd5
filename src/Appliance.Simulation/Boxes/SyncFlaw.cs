using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Simulation;

/// <summary>A worker from whose next breath on sync is wrong, in one way.</summary>
internal sealed class SyncFlaw(Flaw flaw, FlowSync flows) : IWorkerMail
{
    /// <summary>Nanoseconds between two looks at what the peer has told, of who adopts late.</summary>
    private const long Lateness = 2 * Duration.Second;

    /// <summary>Behind the letters by which the workers of a box begin to share.</summary>
    public static void Spoil(BoxLife life, Flaw flaw)
    {
        if (flaw is not (Flaw.ForgetsToTell or Flaw.AdoptsLate) || life.Sync is not { } sync) return;
        foreach ((Worker worker, FlowSync flows) in life.Node.Workers.Zip(sync.Flows)) worker.TryPost(new SyncFlaw(flaw, flows));
    }

    public void Deliver(Worker worker)
    {
        if (flaw == Flaw.AdoptsLate) worker.Part = new LateBreath(worker.Part!);
        if (flaw != Flaw.ForgetsToTell) return;
        foreach (FirewallShard shard in worker.Path.BucketStates.OfType<FirewallShard>())
            shard.Synchronize(flows with { Journal = new ForgetfulJournal(flows.Journal) });
    }

    /// <summary>Tells of ends only.</summary>
    private sealed class ForgetfulJournal(IFlowJournal journal) : IFlowJournal
    {
        public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record) =>
            change != FlowChange.Ended || journal.TryWrite(bucket, change, record);
    }

    private sealed class LateBreath(IBreathPart part) : IBreathPart
    {
        private MonotonicTime _next;

        public int Begin(MonotonicTime now)
        {
            if (now < _next) return 0;
            _next = now + Lateness;
            return part.Begin(now);
        }

        public void End() => part.End();
    }
}
