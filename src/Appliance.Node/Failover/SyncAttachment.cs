using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>A worker begins to share its states with the peer; with nothing, it ends.</summary>
internal sealed class SyncAttachment(SyncBreath? breath, FlowSync? sync) : IWorkerMail
{
    public FlowSync? Flows => sync;

    public void Deliver(Worker worker)
    {
        worker.Part = breath;
        foreach (FirewallShard shard in worker.Path.BucketStates.OfType<FirewallShard>()) shard.Synchronize(sync);
    }
}
