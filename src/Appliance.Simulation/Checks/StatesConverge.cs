using System.Globalization;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Simulation;

/// <summary>When nothing is wrong any more and nobody speaks, both boxes of a pair with a lane have the same states.</summary>
internal sealed class StatesConverge(World world) : Checker(world, "states converge")
{
    /// <summary>Nanoseconds in which differences are found that no change shows: each box has its turns in the audit.</summary>
    private const long Patience = 5 * Duration.Second;

    private const int MostNamed = 4;

    public override void AtEnd()
    {
        bool isDue = World.Profile.HasLane && World.Judge.IsQuiet && World.Now - World.Judge.QuietSince > Patience;
        if (!isDue || World.Boxes[0].Life is not { } a || World.Boxes[1].Life is not { } b) return;
        int buckets = a.Sync!.Streams.Count;
        List<int> differ = [.. Enumerable.Range(0, buckets).Where(bucket => DigestOf(a, bucket) != DigestOf(b, bucket))];
        if (differ.Count == 0) return;
        Complain(string.Create(CultureInfo.InvariantCulture, $"{differ.Count} of {buckets} buckets differ") +
            $" ({string.Join(", ", differ.Take(MostNamed))}); A is {a.Sync.Exchange.Phase}, B {b.Sync!.Exchange.Phase}");
    }

    /// <summary>Null: no worker has the bucket.</summary>
    private static ulong? DigestOf(BoxLife life, int bucket)
    {
        foreach (Worker worker in life.Node.Workers)
        {
            foreach (IFlowReplica shard in worker.Path.BucketStates.OfType<FirewallShard>())
            {
                if (shard.Has(bucket)) return shard.DigestOf(bucket);
            }
        }

        return null;
    }
}
