using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What a table costs, and that the data path allocates nothing.</summary>
public sealed class FlowScaleTests(ITestOutputHelper output)
{
    /// <summary>Home NAT: an in-state as it is, an out-state translated, and at worst an alias for the answers.</summary>
    [Fact]
    public void Half_a_million_connections_take_less_than_a_kilobyte_each()
    {
        const int Connections = 500_000;
        using var rig = new FlowRig(2 * Connections, maxAliases: Connections);
        for (int i = 0; i < Connections; i++)
        {
            int inState = rig.Insert(FlowRig.Key(i, 1 << 24), bucket: (ushort)(i % FlowRig.Buckets));
            FlowKey translated = FlowRig.Key(1 << 24, 1 << 25, outsidePort: (ushort)i) with { InsidePort = (ushort)(i >> 16) };
            int outState = rig.Insert(
                translated, stack: FlowRig.Key(1 << 24, i), bucket: (ushort)(i % FlowRig.Buckets), direction: FlowDirection.Out);
            rig.Table.Join(inState, outState);
        }

        double bytes = (double)rig.Table.MemoryBytes / Connections;
        for (int i = 0; i < Connections; i++) rig.Table.TryAddAlias(FlowRig.Key(i, 3 << 24), (ushort)(i % FlowRig.Buckets), 1);
        double withAliases = (double)rig.Table.MemoryBytes / Connections;
        output.WriteLine($"{2 * Connections:N0} states: {bytes:F0} bytes a connection, {withAliases:F0} with an alias");
        Assert.Equal((2 * Connections, Connections), (rig.Table.Count, rig.Table.AliasCount));
        Assert.InRange(withAliases, 640, 1024);
        int visited = 0;
        for (int from = 0; from != FlowTable.AllVisited;)
        {
            var counter = new Counter();
            from = rig.Table.Visit(from, 4096, ref counter);
            visited += counter.Count;
        }

        Assert.Equal(2 * Connections, visited);
    }

    [Fact]
    public void Nothing_is_allocated_but_letters()
    {
        using var rig = new FlowRig();
        rig.Ended.EnsureCapacity(100_000);
        Churn(rig, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Churn(rig, 1_000_000 * FlowRig.Second);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_visitor_sees_every_state_once_and_kills_what_it_wants()
    {
        using var rig = new FlowRig();
        for (int i = 1; i <= 1000; i++) rig.Insert(FlowRig.Key(i, 2), id: (ulong)i);
        for (int i = 0; i < 1000; i += 10) rig.Table.Remove(i);
        rig.Ended.Clear();
        var visitor = new EvenKiller { Seen = [] };
        int calls = 0;
        for (int from = 0; from != FlowTable.AllVisited; calls++)
            from = rig.Table.Visit(from, 64, ref visitor);
        Assert.Equal(16, calls);
        Assert.Equal(Enumerable.Range(1, 1000).Where(i => i % 10 != 1).Select(i => (ulong)i), visitor.Seen);
        Assert.Equal(visitor.Seen.Where(id => id % 2 == 0).Select(id => (id, FlowEnd.Killed)), rig.Ended);
        Assert.Equal((400, 400), (rig.Table.Count, rig.Limits.Count));
    }

    [Fact]
    public void An_empty_table_has_nothing_to_show_and_takes_little()
    {
        using var rig = new FlowRig(1_000_000, maxAliases: 1_000_000);
        var counter = new Counter();
        Assert.Equal(FlowTable.AllVisited, rig.Table.Visit(0, 1, ref counter));
        Assert.InRange(rig.Table.MemoryBytes, 0, 1 << 20);
    }

    [Fact]
    public void A_record_is_as_new_whoever_had_it_before()
    {
        using var rig = new FlowRig();
        int index = rig.Insert(FlowRig.Key(1, 2));
        ref FlowRecord state = ref rig.Table[index];
        state.ForwardBytes = state.NextHop = 5;
        state.Sync = new SyncMark(5);
        state.Tracker.As<ulong>() = state.NextHop = 5;
        state.Flags |= FlowFlags.Sloppy;
        rig.Table.Remove(index);
        Assert.Equal(index, rig.Insert(FlowRig.Key(3, 4)));
        Assert.Equal((0ul, 0ul, 0ul), (state.ForwardBytes, state.NextHop, state.Sync.Bits));
        Assert.Equal((0ul, 0ul), (state.Tracker.As<ulong>(), state.NextHop));
        Assert.Equal(FlowFlags.InUse, state.Flags);
    }

    private static void Churn(FlowRig rig, long now)
    {
        Span<FlowKey> keys = stackalloc FlowKey[64];
        Span<PackedFlowKey> packed = stackalloc PackedFlowKey[64];
        Span<FlowHit> hits = stackalloc FlowHit[64];
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < 64; i++)
            {
                keys[i] = FlowRig.Key((round * 64) + i, 2, isV6: i % 2 == 0, port: i % 8 == 0 ? (ushort)1 : FlowKey.AnyPort);
                packed[i] = FlowRig.Pack(keys[i]);
                int index = rig.Insert(keys[i], now: now);
                rig.Table.Touch(index, new MonotonicTime(now + i), (uint)(10 + i));
                if (i % 3 == 0) rig.Table.Remove(index);
                rig.Table.TryAddAlias(keys[i].Turned(), 1, 2);
                rig.Table.TryRemoveAlias(keys[i].Turned(), 1, 2);
            }

            rig.Table.Lookup(keys, FlowSide.Wire, hits);
            rig.Table.Prefetch(hits);
            rig.Table.Lookup(packed, FlowSide.Stack, hits);
            rig.Table.Find(keys[0], FlowSide.Wire);
            now += FlowRig.Second;
            rig.Table.Expire(new MonotonicTime(now), 1000);
        }

        var counter = new Counter();
        rig.Table.Visit(0, 1_000_000, ref counter);
        rig.ExpireAll(now + (1000 * FlowRig.Second));
    }

    private struct Counter : IFlowVisitor
    {
        public int Count;

        public bool Visit(int index, ref FlowRecord state)
        {
            Count++;
            return false;
        }
    }

    private struct EvenKiller : IFlowVisitor
    {
        public required List<ulong> Seen { get; init; }

        public readonly bool Visit(int index, ref FlowRecord state)
        {
            Seen.Add(state.Id);
            return state.Id % 2 == 0;
        }
    }
}
