using Appliance.Engine;
using Appliance.Firewall;
using Xunit;

namespace Appliance.Node.Tests.Sync;

/// <summary>
/// Two boxes of one configuration whose states are shared, each with its own number of vCPUs and its own secret; the key of the steering is
/// that of the pair. What one writes is delivered when a test wants it.
/// </summary>
internal sealed class Pair : IDisposable
{
    public const ulong Secret = 77;

    private const long OneSecond = 1_000_000_000;                         // nanoseconds

    private static readonly KeyedRandom Key = KeyedRandom.FromSeed(4711);

    public Pair(string yaml, int vcpus = 1, int otherVcpus = 1, string? otherYaml = null, ulong otherSeed = 2)
    {
        First = new Box(yaml, vcpus, options => options with { Seed = 1, PairSecret = Secret });
        Second = new Box(otherYaml ?? yaml, otherVcpus, options => options with { Seed = otherSeed, PairSecret = Secret });
        Share(First, Journal, creator: 1);
        Share(Second, Back, creator: 2);
    }

    public Box First { get; }

    public Box Second { get; }

    /// <summary>What the first box writes.</summary>
    public MemoryJournal Journal { get; } = new();

    /// <summary>What the second one writes.</summary>
    public MemoryJournal Back { get; } = new();

    /// <summary>Of the first box, when a test last looked.</summary>
    public string LastStates { get; set; } = "";

    public int Buckets => First.Node.Steering.Table.Buckets;

    /// <summary>What the first box has written comes to the second. Answers what became of each record.</summary>
    public List<FlowAdoption> Deliver() => Deliver(Journal, Second);

    /// <summary>And the other way.</summary>
    public List<FlowAdoption> DeliverBack() => Deliver(Back, First);

    /// <summary>Both clocks go on, and the second box hears of what time does in the first.</summary>
    public List<FlowAdoption> Wait(long nanoseconds)
    {
        var outcomes = new List<FlowAdoption>();
        for (long left = nanoseconds, step; left > 0; left -= step)
        {
            step = Math.Min(left, OneSecond);
            First.Wait(step).Node.StepUntilIdle(First.Now);
            outcomes.AddRange(Deliver());
            Second.Wait(step).Node.StepUntilIdle(Second.Now);
        }

        return outcomes;
    }

    /// <summary>The whole of what a box has, to the other.</summary>
    public static List<FlowAdoption> Copy(Box from, Box to)
    {
        var outcomes = new List<FlowAdoption>();
        var record = new byte[IFlowJournal.MaxRecordBytes];
        for (int bucket = 0; bucket < from.Node.Steering.Table.Buckets; bucket++)
        {
            IFlowReplica giver = OwnerOf(from, bucket), taker = OwnerOf(to, bucket);
            taker.BeginWhole(bucket);
            ulong cursor = 0;
            for (int length; (length = giver.Export(bucket, ref cursor, record)) > 0;)
                outcomes.Add(taker.Adopt(bucket, FlowChange.Made, record.AsSpan(0, length), to.Now));
            taker.EndWhole(bucket);
        }

        return outcomes;
    }

    /// <summary>The buckets in which the two boxes differ.</summary>
    public int[] Differences() => [.. Enumerable.Range(0, Buckets).Where(bucket => DigestOf(First, bucket) != DigestOf(Second, bucket))];

    private static ulong DigestOf(Box box, int bucket) => OwnerOf(box, bucket).DigestOf(bucket);

    /// <summary>What both have, for people, by what differs.</summary>
    public string Listing()
    {
        string[] first = [.. ListingOf(First)], second = [.. ListingOf(Second)];
        return $"\n first only: {string.Join("\n   ", first.Except(second, StringComparer.Ordinal))}"
            + $"\n second only: {string.Join("\n   ", second.Except(first, StringComparer.Ordinal))}";
    }

    private static IEnumerable<string> ListingOf(Box box)
    {
        var states = new FlowRecord[1000];
        foreach (FirewallShard shard in box.Node.Shards())
        {
            shard.ReadStates(0, states.Length, states, out int count);
            for (int i = 0; i < count; i++)
            {
                FlowRecord state = states[i];
                const FlowFlags own = FlowFlags.FromPeer | FlowFlags.Confirmed | FlowFlags.Noted;
                yield return $"{state.Id:x} {state.Bucket} {state.Direction} {state.Wire} {state.Stack} {state.Flags & ~own} "
                    + $"{StateWords.Of(ref state)} {state.TimeoutSeconds}";
            }
        }
    }

    public static IFlowReplica OwnerOf(Box box, int bucket) => box.Node.Shards().Single(shard => ((IFlowReplica)shard).Has(bucket));

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }

    private static void Share(Box box, MemoryJournal journal, ushort creator)
    {
        foreach (Worker worker in box.Node.Workers)
            Assert.True(worker.TryPost(new SyncAttachment(null, new FlowSync(journal, Key, creator))));
        box.Node.StepUntilIdle(box.Now);
    }

    private static List<FlowAdoption> Deliver(MemoryJournal from, Box to)
    {
        var outcomes = new List<FlowAdoption>();
        foreach ((int bucket, FlowChange change, byte[] record) in from.Written)
            outcomes.Add(OwnerOf(to, bucket).Adopt(bucket, change, record, to.Now));
        from.Written.Clear();
        Assert.True(from.Longest <= IFlowJournal.MaxRecordBytes);
        return outcomes;
    }
}
