using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Node;

/// <content>What an appliance has in common with its peer.</content>
public sealed partial class ApplianceNode
{
    /// <summary>
    /// To which half of their ports sources are translated, from the next flow on: its own, while an appliance does not hear its peer. Set
    /// by any one thread.
    /// </summary>
    public PortHalf PortHalf
    {
        get => _states.PortHalf;
        set => _states.PortHalf = value;
    }

    /// <summary>
    /// To which the peer's records are given, by worker: to be asked on that worker only, and since <see cref="Synchronize"/> is known
    /// there.
    /// </summary>
    public IFlowReplica ReplicaOf(int worker) => Shards[worker];

    /// <summary>
    /// Begins to share states with a peer, or with another, by mail: what workers change from then on they write into their journals. By
    /// the thread that calls <see cref="Tend"/>.
    /// </summary>
    /// <param name="syncOf">Of each worker, by its number; null: nothing is shared any more.</param>
    public void Synchronize(Func<int, FlowSync>? syncOf) => PostToAll(new SyncLetter(Shards, syncOf));
}
