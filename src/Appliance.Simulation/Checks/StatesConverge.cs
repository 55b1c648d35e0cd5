using System.Globalization;
using Appliance.Engine;
using Appliance.Firewall;

namespace Appliance.Simulation;

/// <summary>
/// When nothing is wrong any more and nobody speaks, both boxes of a pair with a lane have the same states. But for those that were idle
/// for longer than their timeout, and that each box has from the other: no box is to end them, so each forgets them by its own reckoning.
/// </summary>
internal sealed class StatesConverge(World world) : Checker(world, "states converge")
{
    /// <summary>Nanoseconds in which differences are found that no change shows: each box has its turns in the audit.</summary>
    private const long Patience = 5 * Duration.Second;

    private const int MostNamed = 4, MostStates = 4096;

    public override void AtEnd()
    {
        bool isDue = World.Profile.HasLane && World.Judge.IsQuiet && World.Now - World.Judge.QuietSince > Patience;
        if (!isDue || World.Boxes[0].Life is not { } a || World.Boxes[1].Life is not { } b) return;
        int buckets = a.Sync!.Streams.Buckets;
        List<int> differ = [.. Enumerable.Range(0, buckets).Where(
            bucket => DigestOf(a, bucket) != DigestOf(b, bucket) && !DifferInWhatIsOver(bucket))];
        if (differ.Count == 0) return;
        Complain(string.Create(CultureInfo.InvariantCulture, $"{differ.Count} of {buckets} buckets differ") +
            $" ({string.Join(", ", differ.Take(MostNamed))}); A is {a.Sync.Exchange.Phase}, B {b.Sync!.Exchange.Phase}");
    }

    private bool DifferInWhatIsOver(int bucket)
    {
        SimulatedBox[] boxes = World.Boxes;
        HashSet<ulong>[] known = [.. boxes.Select(box => StatesOf(box, bucket).Select(state => state.Id).ToHashSet())];
        if (known[0].SetEquals(known[1])) return false;
        return boxes.All(box => StatesOf(box, bucket).All(state => known[1 - box.Index].Contains(state.Id) || IsOver(state, box.Now)));
    }

    private static bool IsOver(in FlowRecord state, MonotonicTime now) =>
        (state.Flags & FlowFlags.FromPeer) != FlowFlags.None && now - state.LastSeen > state.TimeoutSeconds * Duration.Second;

    private static IEnumerable<FlowRecord> StatesOf(SimulatedBox box, int bucket)
    {
        foreach (Worker worker in box.Life!.Node.Workers)
        {
            foreach (FirewallShard shard in worker.Path.BucketStates.OfType<FirewallShard>())
            {
                var states = new FlowRecord[MostStates];
                shard.ReadStates(0, MostStates, states, out int count);
                for (int i = 0; i < count; i++)
                {
                    if (states[i].Bucket == bucket) yield return states[i];
                }
            }
        }
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
