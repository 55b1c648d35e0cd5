using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>Tells each worker with whom its states are shared from here on.</summary>
internal sealed class SyncLetter(ImmutableArray<FirewallShard> shards, Func<int, FlowSync>? syncOf) : IWorkerMail
{
    public void Deliver(Worker worker) => shards[worker.Id].Synchronize(syncOf?.Invoke(worker.Id));
}
