using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What is counted with sources, by any number of threads, and what a source may have.</summary>
public sealed class SourceNodesTests
{
    private static readonly StatePolicy Free = new() { SourceTracking = SourceTracking.Rule };

    [Fact]
    public void A_source_has_as_many_states_as_it_may_have_and_a_rule_as_many_sources()
    {
        (StateLimits limits, SourceNodes nodes) = Make(max: 100);
        StatePolicy policy = Free with { MaximumStatesOfSource = 2, MaximumSources = 3 };
        for (uint source = 0; source < 4; source++)
        {
            Assert.Equal(source < 3, nodes.TryHold(Key(source), policy, now: 0));
            Assert.Equal(source < 3, nodes.TryHold(Key(source), policy, now: 0));
            Assert.False(nodes.TryHold(Key(source), policy, now: 0));
        }

        Assert.Equal((3, 3, 0), (nodes.Count, limits.SourcesOf(1), limits.SourcesOf(0)));
        nodes.TakeBack(Key(0), now: 0);
        Assert.True(nodes.TryHold(Key(0), policy, now: 0));
        for (int i = 0; i < 2; i++) nodes.Release(Key(1), wasConnected: false, keptUntil: 0, now: 0);
        Assert.True(nodes.TryHold(Key(3), policy, now: 0));
        Assert.False(nodes.TryHold(Key(1), policy, now: 0));
    }

    [Fact]
    public void One_address_is_another_source_for_each_family_and_each_rule()
    {
        (_, SourceNodes nodes) = Make(max: 100);
        StatePolicy one = Free with { MaximumStatesOfSource = 1 };
        SourceKey[] keys = [new(5, false, 0), new(5, true, 0), new(5, false, 1), new(5, false, 2), new(6, false, 1)];
        Assert.All(keys, key => Assert.True(nodes.TryHold(key, one, now: 0)));
        Assert.All(keys, key => Assert.False(nodes.TryHold(key, one, now: 0)));
        Assert.Equal(keys.Length, nodes.Count);
    }

    [Fact]
    public void All_sources_that_the_limit_allows_find_room_and_more_when_it_grows()
    {
        (StateLimits limits, SourceNodes nodes) = Make(max: 10_000);
        for (uint source = 0; source < 10_000; source++) Assert.True(nodes.TryHold(Key(source), Free, now: 0));
        Assert.False(nodes.TryHold(Key(10_000), Free, now: 0));
        nodes.Prepare(40_000);
        for (uint source = 10_000; source < 40_000; source++) Assert.True(nodes.TryHold(Key(source), Free, now: 0));
        Assert.Equal((40_000, 40_000), (nodes.Count, limits.SourcesOf(1)));
        nodes.Prepare(10);
        for (uint source = 0; source < 40_000; source++) nodes.Release(Key(source), wasConnected: false, keptUntil: 0, now: 0);
        Assert.Equal((0, 0, 0), (nodes.Count, limits.SourcesOf(1), nodes.Idle));
        Assert.Equal(10, Enumerable.Range(0, 50).Count(source => nodes.TryHold(Key((uint)source), Free, now: 0)));
    }

    [Fact]
    public void A_source_without_states_is_known_until_its_time_is_up()
    {
        (StateLimits limits, SourceNodes nodes) = Make(max: 1);
        StatePolicy rate = Free with { ConnectionRate = 1, ConnectionRateSeconds = 100 };
        Assert.True(nodes.TryHold(Key(1), rate, now: 10));
        Assert.False(nodes.Connect(Key(1), rate, now: 10));
        nodes.Release(Key(1), wasConnected: true, keptUntil: 50, now: 20);
        Assert.Equal((1, 1), (nodes.Count, nodes.Idle));
        Assert.False(nodes.TryHold(Key(2), rate, now: 49));
        Assert.True(nodes.TryHold(Key(1), rate, now: 49));
        Assert.True(nodes.Connect(Key(1), rate, now: 49));
        nodes.Release(Key(1), wasConnected: true, keptUntil: 60, now: 50);
        for (int set = 0; set < nodes.Sets; set++) nodes.Forget(set, now: 59);
        Assert.Equal((1, 1, 1), (nodes.Count, nodes.Idle, limits.SourcesOf(1)));
        for (int set = 0; set < nodes.Sets; set++) nodes.Forget(set, now: 60);
        Assert.Equal((0, 0, 0), (nodes.Count, nodes.Idle, limits.SourcesOf(1)));
    }

    /// <summary>pf's arithmetic (pf_add_threshold, pf_check_threshold), in plain words.</summary>
    [Fact]
    public void The_rate_of_connections_is_pfs()
    {
        var random = new Random(11);
        for (int run = 0; run < 300; run++)
        {
            StatePolicy policy = Free with { ConnectionRate = (uint)random.Next(1, 20), ConnectionRateSeconds = (uint)random.Next(1, 60) };
            var node = default(SourceNode);
            long count = 0, last = 0, now = 0;
            for (int i = 0; i < 300; i++)
            {
                now += random.Next(4) == 0 ? random.Next(8) : 0;
                count = now - last >= policy.ConnectionRateSeconds ? 0 : count - (count * (now - last) / policy.ConnectionRateSeconds);
                (count, last) = (count + 1000, now);
                Assert.Equal(count > policy.ConnectionRate * 1000, node.Connect(policy, (uint)now));
            }
        }
    }

    /// <summary>Told at once of all connections that there were, a peer takes the rate for no higher than who made them.</summary>
    [Fact]
    public void Connections_that_are_told_of_later_count_less_and_never_more_than_where_they_were_made()
    {
        var random = new Random(12);
        int knowing = 0;
        for (int run = 0; run < 2_000; run++)
        {
            StatePolicy policy = Free with { ConnectionRate = (uint)random.Next(1, 20), ConnectionRateSeconds = (uint)random.Next(1, 60) };
            SourceNode maker = default, told = default;
            var times = new List<uint>();
            uint now = 1_000;
            for (int i = random.Next(30); i > 0; i--)
            {
                now += random.Next(3) == 0 ? (uint)random.Next(8) : 0;
                maker.Connect(policy, now);
                times.Add(now);
            }

            foreach (uint time in times) told.Connect(policy, now, now - time);
            int left = LeftOf(maker, policy, now), leftThere = LeftOf(told, policy, now);
            Assert.True(leftThere >= left, $"{left} here, {leftThere} there: {string.Join(' ', times)}");
            knowing += leftThere < LeftOf(default, policy, now) ? 1 : 0;
        }

        Assert.InRange(knowing, 1_500, 2_000);

        static int LeftOf(SourceNode node, StatePolicy policy, uint now)
        {
            int left = 0;
            while (!node.Connect(policy, now)) left++;
            return left;
        }
    }

    [Fact]
    public void Threads_count_right_while_the_table_grows_under_them()
    {
        const int Rounds = 100_000, Sources = 200;
        (StateLimits limits, SourceNodes nodes) = Make(max: 300);
        StatePolicy policy = Free with { MaximumStatesOfSource = 3 };
        int worst = 0;
        void Run(int seed)
        {
            var random = new Random(seed);
            var held = new List<SourceKey>();
            for (int i = 0; i < Rounds; i++)
            {
                SourceKey key = Key((uint)random.Next(Sources));
                if (random.Next(2) == 0 && nodes.TryHold(key, policy, now: 0)) held.Add(key);
                else if (held.Count > 0) Release(held, random.Next(held.Count));
                if (nodes.Count > Sources) Interlocked.Increment(ref worst);
            }

            while (held.Count > 0) Release(held, held.Count - 1);
        }

        void Release(List<SourceKey> held, int place)
        {
            nodes.Release(held[place], wasConnected: false, keptUntil: 0, now: 0);
            held.RemoveAt(place);
        }

        Thread[] threads = [new(() => Run(1)), new(() => Run(2)), new(() => Run(3))];
        Array.ForEach(threads, thread => thread.Start());
        for (int max = 400; max < 20_000; max *= 2) nodes.Prepare(max);
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal((0, 0, 0, 0), (worst, nodes.Count, nodes.Idle, limits.SourcesOf(1)));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        (_, SourceNodes nodes) = Make(max: 1000);
        StatePolicy policy = Free with { MaximumConnectionsOfSource = 5, ConnectionRate = 5, ConnectionRateSeconds = 5 };
        long Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (uint source = 0; source < 1000; source++)
            {
                nodes.TryHold(Key(source), policy, now: source);
                nodes.Connect(Key(source), policy, now: source);
                nodes.Release(Key(source), wasConnected: true, keptUntil: source + 1, now: source);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run();
        Assert.Equal(0, Run());
    }

    private static (StateLimits Limits, SourceNodes Nodes) Make(int max)
    {
        var limits = new StateLimits(100, AdaptiveTimeouts.Off, 4);
        var nodes = new SourceNodes(limits, KeyedRandom.FromSeed(1));
        nodes.Prepare(max);
        return (limits, nodes);
    }

    private static SourceKey Key(uint source) => new(source, IsV6: false, Account: 1);
}
