using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class StateLimitsTests
{
    [Fact]
    public void There_are_no_more_states_than_there_may_be()
    {
        using var rig = new FlowRig(limits: new StateLimits(2, AdaptiveTimeouts.Off));
        rig.Insert(FlowRig.Key(1, 2));
        int second = rig.Insert(FlowRig.Key(2, 2));
        Assert.Equal(FlowAdmission.StateLimit, TryInsert(rig, FlowRig.Key(3, 2)));
        rig.Table.Remove(second);
        Assert.Equal(FlowAdmission.Admitted, TryInsert(rig, FlowRig.Key(3, 2)));
        rig.Limits.Max = 1;
        rig.Table.Remove(second);
        Assert.Equal(FlowAdmission.StateLimit, TryInsert(rig, FlowRig.Key(4, 2)));
        Assert.Equal(1, rig.Table.Count);
    }

    [Fact]
    public void A_rule_has_no_more_than_its_own()
    {
        var limits = new StateLimits(10, AdaptiveTimeouts.Off, 4);
        limits.SetRule(2, 1, AdaptiveTimeouts.Off);
        using var rig = new FlowRig(limits: limits);
        int only = rig.Insert(FlowRig.Key(1, 2), account: 2);
        Assert.Equal(FlowAdmission.RuleLimit, TryInsert(rig, FlowRig.Key(2, 2), 2));
        Assert.Equal((1, 1, 0), (limits.Count, limits.CountOf(2), limits.CountOf(3)));
        Assert.Equal(FlowAdmission.Admitted, TryInsert(rig, FlowRig.Key(2, 2), 3));
        rig.Table.Remove(only);
        Assert.Equal((1, 0), (limits.Count, limits.CountOf(2)));
        Assert.Equal(FlowAdmission.Admitted, TryInsert(rig, FlowRig.Key(5, 2), 2));
    }

    [Fact]
    public void A_full_table_refuses_and_counts_nothing()
    {
        using var rig = new FlowRig(maxStates: 3, limits: new StateLimits(100, AdaptiveTimeouts.Off), maxAliases: 1);
        for (int i = 0; i < 3; i++) rig.Insert(FlowRig.Key(i, 2));
        Assert.Equal(FlowAdmission.TableFull, TryInsert(rig, FlowRig.Key(9, 2)));
        Assert.Equal(3, rig.Limits.Count);
        Assert.True(rig.Table.TryAddAlias(FlowRig.Key(10, 2), 1, 2));
        Assert.False(rig.Table.TryAddAlias(FlowRig.Key(11, 2), 1, 2));
        Assert.True(rig.Table.TryAddAlias(FlowRig.Key(10, 2), 1, 2));
    }

    [Fact]
    public void A_refused_state_leaves_nothing_behind()
    {
        using var rig = new FlowRig();
        int there = rig.Insert(FlowRig.Key(1, 2));
        var flow = new NewFlow(FlowRig.Key(5, 6), FlowRig.Key(1, 2), FlowDirection.In, 0, 60);
        Assert.Equal(FlowAdmission.Collision, rig.Table.TryInsert(flow, default, out int inTheWay));
        Assert.Equal((there, 1, 1), (inTheWay, rig.Table.Count, rig.Limits.Count));
        Assert.True(rig.Table.Find(FlowRig.Key(5, 6), FlowSide.Wire).IsMiss);
    }

    [Fact]
    public void A_key_that_is_another_buckets_by_alias_is_taken_where_its_frames_arrive()
    {
        using var rig = new FlowRig();
        rig.Table.TryAddAlias(FlowRig.Key(1, 2), bucket: 4, owner: 9);
        var flow = new NewFlow(FlowRig.Key(1, 2), FlowRig.Key(1, 2), FlowDirection.In, 4, 60);
        Assert.Equal(FlowAdmission.Collision, rig.Table.TryInsert(flow, default, out int inTheWay));
        Assert.Equal(FlowRecord.Nobody, inTheWay);
        Assert.Equal(FlowAdmission.Admitted, rig.Table.TryInsert(flow with { Bucket = 9 }, default, out int index));
        Assert.Equal(new FlowHit(FlowHit.WireBit | FlowHit.StackBit | (uint)index), rig.Table.Find(FlowRig.Key(1, 2), FlowSide.Wire));
        Assert.Equal(1, rig.Table.AliasCount);
    }

    /// <summary>With as many workers as buckets neither would know of the other.</summary>
    [Theory]
    [InlineData(FlowSide.Wire)]
    [InlineData(FlowSide.Stack)]
    public void States_of_two_buckets_may_have_one_key_and_each_bucket_finds_its_own(FlowSide side)
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        int one = rig.Insert(key, bucket: 3), other = rig.Insert(key, bucket: 4);
        Assert.Equal((one, other), (rig.Table.FindOf(3, key, side).Index, rig.Table.FindOf(4, key, side).Index));
        Assert.True(rig.Table.FindOf(5, key, side).IsMiss);
        Assert.True(rig.Table.Find(key, side).IsState);
        rig.Table.Remove(one);
        Assert.Equal((true, other), (rig.Table.FindOf(3, key, side).IsMiss, rig.Table.Find(key, side).Index));
        Assert.Equal(FlowAdmission.Collision, rig.Table.TryInsert(new NewFlow(key, key, FlowDirection.In, 4, 60), default, out _));
    }

    [Fact]
    public void An_alias_is_there_as_long_as_any_state_wants_it()
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 9));
        Assert.Equal(9, rig.Table.Alias(rig.Table.Find(key, FlowSide.Wire).Index).Owner);
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.Find(key, FlowSide.Wire).IsMiss);
        Assert.Equal(0, rig.Table.AliasCount);
    }

    /// <summary>Whichever was asked for first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_aliases_of_a_key_that_of_a_state_which_has_it_on_the_wire_comes_first(bool isSureFirst)
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        if (isSureFirst) Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 7, side: FlowSide.Stack));
        if (!isSureFirst) Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.Equal(9, OwnerIn(rig, 4, key));
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 8));
        Assert.Equal(8, OwnerIn(rig, 4, key));
        Assert.True(rig.Table.FindArriving(5, key).IsMiss);
        rig.Insert(key, bucket: 7);
        Assert.Equal(8, OwnerIn(rig, 4, key));                          // though the state is in the same table
        Assert.True(rig.Table.FindArriving(7, key).IsState);
    }

    /// <summary>Two states of one bucket, the letters of one of them read in the wrong order.</summary>
    [Fact]
    public void How_an_alias_is_known_is_a_sum_too()
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9, side: FlowSide.Stack));
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.FindArriving(4, key).IsMiss);
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.False(rig.Table.Alias(rig.Table.FindArriving(4, key).Index).IsOnWire);
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 9, side: FlowSide.Stack));
        Assert.Equal(0, rig.Table.AliasCount);
    }

    /// <summary>It would be found there only after the bucket's own, which the frames are surely of.</summary>
    [Fact]
    public void A_key_that_another_bucket_waits_for_where_it_goes_out_may_be_a_new_states_on_the_wire()
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        rig.Table.TryAddAlias(key, bucket: 4, owner: 9, side: FlowSide.Stack);
        int index = rig.Insert(key, bucket: 4);
        Assert.Equal(new FlowHit(FlowHit.WireBit | FlowHit.StackBit | (uint)index), rig.Table.FindArriving(4, key));
    }

    [Fact]
    public void An_end_that_is_heard_of_before_its_beginning_leaves_nothing_behind()
    {
        using var rig = new FlowRig();
        FlowKey key = FlowRig.Key(1, 2);
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 9));
        Assert.True(rig.Table.Find(key, FlowSide.Wire).IsMiss);
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 7));                     // of another bucket, meanwhile
        Assert.Equal(7, rig.Table.Alias(rig.Table.Find(key, FlowSide.Wire).Index).Owner);
        Assert.True(rig.Table.TryAddAlias(key, bucket: 4, owner: 9));
        Assert.Equal(1, rig.Table.AliasCount);
        Assert.True(rig.Table.TryRemoveAlias(key, bucket: 4, owner: 7));
        Assert.Equal(0, rig.Table.AliasCount);
    }

    [Fact]
    public void More_keys_of_one_digest_than_a_search_counts_are_refused()
    {
        using var rig = new FlowRig(digestMask: 0);
        FlowKey[] keys = [.. Enumerable.Range(1, FlowIndex.MaxEqual + 1).Select(i => FlowRig.Key(i, 2, isV6: true))];
        foreach (FlowKey key in keys[..^1]) rig.Insert(key, id: (ulong)key.Outside);
        Assert.Equal(FlowAdmission.TableFull, TryInsert(rig, keys[^1]));
        var hits = new FlowHit[keys.Length];
        rig.Table.Lookup(keys, FlowSide.Wire, hits);
        Assert.All(keys[..^1].Zip(hits), pair => Assert.Equal((ulong)pair.First.Outside, rig.Table[pair.Second.Index].Id));
        Assert.True(hits[^1].IsMiss);
        Assert.Equal(FlowIndex.MaxEqual, rig.Limits.Count);
    }

    /// <summary>
    /// The most that one flow can ask for: at any port and bound to each of a hundred, a state with its key on the wire, another with it
    /// inside, and an alias. A search counts eight at a port; these are three.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_flow_finds_room_for_all_that_it_may_have_at_all_ports(bool isV6)
    {
        using var rig = new FlowRig();
        FlowKey flow = FlowRig.Key(1, 2, isV6: isV6);
        ushort[] ports = [FlowKey.AnyPort, .. Enumerable.Range(0, 100).Select(port => (ushort)port)];
        foreach (ushort port in ports)
        {
            FlowKey here = flow with { Port = port };
            Assert.True(rig.Table.TryAddAlias(here, bucket: 4, owner: 9));
            rig.Insert(here, id: port, stack: FlowRig.Key(3, 4, port, isV6), bucket: 9);
            rig.Insert(FlowRig.Key(5, 6, port, isV6), id: 100_000ul + port, stack: here, bucket: 7);
        }

        foreach (ushort port in ports)
        {
            FlowKey here = flow with { Port = port };
            Assert.Equal(port, rig.Table[rig.Table.Find(here, FlowSide.Wire).Index].Id);
            Assert.Equal(100_000ul + port, rig.Table[rig.Table.Find(here, FlowSide.Stack).Index].Id);
            Assert.True(rig.Table.TryRemoveAlias(here, bucket: 4, owner: 9));
        }

        Assert.Equal(FlowKey.AnyPort, rig.Table[rig.Table.Find(flow with { Port = 100 }, FlowSide.Wire).Index].Id);
    }

    [Fact]
    public void Two_threads_at_the_limit_never_pass_it_and_never_miss_it()
    {
        const int Max = 100, Rounds = 300_000;
        var limits = new StateLimits(Max, AdaptiveTimeouts.Off, 3);
        limits.SetRule(1, 30, AdaptiveTimeouts.Off);
        int worst = 0;
        using var start = new Barrier(2);
        void Run(int seed)
        {
            start.SignalAndWait();
            var random = new Random(seed);
            var held = new Stack<uint>();
            for (int i = 0; i < Rounds; i++)
            {
                uint account = (uint)random.Next(1, 3);
                if (random.Next(2) == 0 && limits.TryTake(account) == FlowAdmission.Admitted) held.Push(account);
                else if (held.Count > 0) limits.Release(held.Pop());
                if (limits.Count > Max || limits.CountOf(1) > 30) Interlocked.Increment(ref worst);
            }

            while (held.Count > 0) limits.Release(held.Pop());
        }

        Thread[] threads = [new(() => Run(1)), new(() => Run(2))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal((0, 0, 0), (worst, limits.Count, limits.CountOf(1)));
        Assert.Equal(Max, Enumerable.Range(0, 2 * Max).Count(_ => limits.TryTake(2) == FlowAdmission.Admitted));
    }

    private static int OwnerIn(FlowRig rig, ushort bucket, FlowKey key)
    {
        FlowHit hit = rig.Table.FindArriving(bucket, key);
        Assert.True(hit.IsAlias);
        return rig.Table.Alias(hit.Index).Owner;
    }

    private static FlowAdmission TryInsert(FlowRig rig, FlowKey key, uint account = 0) =>
        rig.Table.TryInsert(new NewFlow(key, key, FlowDirection.In, 0, 60, account), default, out _);
}
