using Appliance.Firewall;

namespace Appliance.Node.Tests;

/// <summary>A look into the workers' parts of the firewall, at rest.</summary>
internal static class NodeShards
{
    public static IEnumerable<FirewallShard> Shards(this ApplianceNode node) =>
        node.Workers.SelectMany(worker => worker.Path.BucketStates).OfType<FirewallShard>();
}
