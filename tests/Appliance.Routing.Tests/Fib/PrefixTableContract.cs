using System.Numerics;
using Appliance.Engine;
using Xunit;

namespace Appliance.Routing.Tests.Fib;

/// <summary>What both prefix tables promise; each family's tests derive from it.</summary>
public abstract class PrefixTableContract<TBits>
    where TBits : unmanaged, IBinaryInteger<TBits>
{
    private const int Steps = 400;

    /// <summary>Bits of an address.</summary>
    protected abstract int Width { get; }

    /// <summary>Lengths at and beside the borders of the structure.</summary>
    protected abstract int[] BorderLengths { get; }

    internal abstract IPrefixTable<TBits> Create(int maximumRoutes = 4096, ITableMemory? memory = null);

    [Fact]
    public void An_empty_table_has_no_route()
    {
        using IPrefixTable<TBits> table = Create();
        Assert.Equal(-1, table.Lookup(TBits.Zero));
        Assert.Equal(-1, table.Lookup(TBits.AllBitsSet));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void The_default_route_answers_for_every_address()
    {
        using IPrefixTable<TBits> table = Create();
        Assert.True(table.Set(TBits.AllBitsSet, 0, 7));
        Assert.Equal(7, table.Lookup(TBits.Zero));
        Assert.Equal(7, table.Lookup(TBits.AllBitsSet));
        Assert.True(table.Remove(TBits.Zero, 0));
        Assert.Equal(-1, table.Lookup(TBits.Zero));
    }

    [Fact]
    public void Every_length_shows_over_all_shorter_ones_and_gives_way_when_removed()
    {
        using IPrefixTable<TBits> table = Create();
        TBits address = TBits.AllBitsSet / (TBits.One + TBits.One + TBits.One);          // 0101…
        for (int length = 0; length <= Width; length++)
        {
            Assert.True(table.Set(address, length, length));
            Assert.Equal(length, table.Lookup(address));
        }

        Assert.Equal(Width + 1, table.Count);
        for (int length = Width; length >= 0; length--)
        {
            Assert.True(table.Remove(address, length));
            Assert.Equal(length - 1, table.Lookup(address));
        }

        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_shorter_route_that_comes_later_does_not_hide_a_longer_one()
    {
        using IPrefixTable<TBits> table = Create();
        for (int length = Width; length >= 0; length--)
        {
            Assert.True(table.Set(TBits.Zero, length, length));
            Assert.Equal(Width, table.Lookup(TBits.Zero));
        }

        for (int length = 0; length < Width; length++)
            Assert.Equal(length, table.Lookup(TBits.One << (Width - 1 - length)));
    }

    [Fact]
    public void A_value_is_replaced_and_the_greatest_and_least_are_kept()
    {
        using IPrefixTable<TBits> table = Create();
        foreach (int length in BorderLengths)
        {
            Assert.True(table.Set(TBits.AllBitsSet, length, 0));
            Assert.Equal(0, table.Lookup(TBits.AllBitsSet));
            Assert.True(table.Set(TBits.AllBitsSet, length, 0x7fff));
            Assert.Equal(0x7fff, table.Lookup(TBits.AllBitsSet));
            Assert.Equal(1, table.Count);
            Assert.True(table.Remove(TBits.AllBitsSet, length));
        }
    }

    [Fact]
    public void What_no_table_can_hold_is_refused()
    {
        using IPrefixTable<TBits> table = Create();
        Assert.False(table.Set(TBits.Zero, -1, 1));
        Assert.False(table.Set(TBits.Zero, Width + 1, 1));
        Assert.False(table.Set(TBits.Zero, 8, -1));
        Assert.False(table.Set(TBits.Zero, 8, 0x8000));
        Assert.False(table.Remove(TBits.Zero, -1));
        Assert.False(table.Remove(TBits.Zero, Width + 1));
        Assert.False(table.Remove(TBits.Zero, 8));
        Assert.Equal(0, table.Count);
        Assert.Equal(-1, table.Lookup(TBits.Zero));
    }

    [Fact]
    public void A_full_table_refuses_one_more_route_but_still_changes_and_removes_its_own()
    {
        using IPrefixTable<TBits> table = Create(maximumRoutes: 3);
        foreach (int length in (int[])[0, 9, Width]) Assert.True(table.Set(TBits.Zero, length, length));
        Assert.False(table.Set(TBits.Zero, 17, 17));
        Assert.Equal(9, table.Lookup(TBits.One << (Width - 18)));
        Assert.True(table.Set(TBits.Zero, 9, 99));
        Assert.Equal(99, table.Lookup(TBits.One << (Width - 18)));
        Assert.True(table.Remove(TBits.Zero, 0));
        Assert.True(table.Set(TBits.Zero, 17, 17));
        Assert.Equal(17, table.Lookup(TBits.One << (Width - 18)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_every_step_it_answers_like_the_sorted_list(int seed)
    {
        var random = new Random(seed);
        var twin = new LongestMatchTwin<TBits>(Width);
        using IPrefixTable<TBits> table = Create();
        TBits[] centres = [Draw(random), Draw(random), TBits.Zero, TBits.AllBitsSet];
        for (int step = 0; step < Steps; step++)
        {
            (TBits network, int length) = DrawPrefix(random, twin, centres);
            // Grows to about a hundred routes, then shrinks to nothing, then grows again.
            bool adds = random.Next(10) < (step % 200 < 100 ? 8 : 2);
            if (adds)
            {
                int value = random.Next(0x8000);
                twin.Set(network, length, value);
                Assert.True(table.Set(network, length, value));
            }
            else
            {
                Assert.Equal(twin.Remove(network, length), table.Remove(network, length));
            }

            AssertAlike(twin, table, [.. twin.Edges(), network, DrawNear(random, centres), Draw(random)], $"seed {seed}, step {step}");
        }
    }

    [Fact]
    public void A_batch_of_any_size_answers_like_single_lookups()
    {
        var random = new Random(11);
        using IPrefixTable<TBits> table = Create();
        TBits[] centres = [Draw(random), Draw(random)];
        var twin = new LongestMatchTwin<TBits>(Width);
        for (int i = 0; i < 200; i++)
        {
            (TBits network, int length) = DrawPrefix(random, twin, centres);
            table.Set(network, length, i);
        }

        for (int size = 0; size <= 200; size++)
        {
            var addresses = new TBits[size];
            for (int i = 0; i < size; i++) addresses[i] = DrawNear(random, centres);
            int[] values = [.. Enumerable.Repeat(-77, size + 1)];
            table.LookupBatch(addresses, values);
            for (int i = 0; i < size; i++) Assert.Equal(table.Lookup(addresses[i]), values[i]);
            Assert.Equal(-77, values[size]);
        }
    }

    [Fact]
    public void Fewer_values_than_addresses_are_the_callers_fault()
    {
        using IPrefixTable<TBits> table = Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => table.LookupBatch(new TBits[65], new int[64]));
    }

    [Fact]
    public void Lookups_and_changes_allocate_nothing()
    {
        using IPrefixTable<TBits> table = Create();
        var addresses = new TBits[64];
        var values = new int[64];
        Exercise();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Exercise();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Exercise()
        {
            foreach (int length in BorderLengths) table.Set(TBits.Zero, length, length);
            table.LookupBatch(addresses, values);
            table.Lookup(TBits.Zero);
            foreach (int length in BorderLengths) table.Remove(TBits.Zero, length);
        }
    }

    [Fact]
    public void A_few_routes_and_a_default_write_little_memory()
    {
        using var memory = new CountingMemory();
        using IPrefixTable<TBits> table = Create(maximumRoutes: 1 << 18, memory);
        Assert.Equal(0, memory.CountWrittenPages());
        table.Set(TBits.Zero, 0, 1);
        for (int i = 0; i < 16; i++) table.Set(TBits.CreateTruncating(i) << (Width - 24), 24, i);
        table.Set(TBits.One, Width, 2);
        Assert.InRange(memory.CountWrittenPages(), 1, 16);
        Assert.InRange(memory.Sparse.CountWrittenPages(), 1, 64);
    }

    [Fact]
    public async Task A_reader_sees_the_old_or_the_new_route_while_memory_is_handed_around()
    {
        const int Changes = 20_000;
        using IPrefixTable<TBits> table = Create();
        // Whatever the writer does, the watched address has the short route or the long one; others, in the same memory by turns, have
        // other values.
        int[] longLengths = [.. BorderLengths.Where(length => length > 15)];
        TBits watched = TBits.One << (Width - 3);
        TBits other = TBits.One << (Width - 2);
        table.Set(watched, 3, 1);
        using var stop = new CancellationTokenSource();
        Task<int[]> reader = Task.Run(() => Watch(table, watched, stop.Token), TestContext.Current.CancellationToken);
        for (int i = 0; i < Changes; i++)
        {
            int length = longLengths[i % longLengths.Length];
            table.Set(watched, length, 2);
            table.Remove(watched, length);
            table.Set(other, length, 3);
            table.Remove(other, length);
        }

        await stop.CancelAsync();
        int[] seen = await reader;
        Assert.True(seen.All(value => value is 1 or 2), $"saw {string.Join(", ", seen)}");
        Assert.Contains(1, seen);
    }

    [Fact]
    public async Task A_reader_always_finds_one_of_two_routes_that_replace_each_other()
    {
        const int Changes = 20_000;
        using IPrefixTable<TBits> table = Create();
        int[] lengths = [4, .. BorderLengths.Where(length => length > 15)];
        TBits watched = TBits.One << (Width - 3);
        table.Set(watched, 4, 4);
        using var stop = new CancellationTokenSource();
        Task<int[]> reader = Task.Run(() => Watch(table, watched, stop.Token), TestContext.Current.CancellationToken);
        int previous = 4;
        for (int i = 1; i < Changes; i++)
        {
            int next = lengths[i % lengths.Length];
            table.Set(watched, next, next);
            table.Remove(watched, previous);
            previous = next;
        }

        await stop.CancelAsync();
        int[] seen = await reader;
        Assert.DoesNotContain(-1, seen);
    }

    private static int[] Watch(IPrefixTable<TBits> table, TBits watched, CancellationToken stop)
    {
        var seen = new HashSet<int>();
        TBits[] addresses = [.. Enumerable.Repeat(watched, 70)];
        var values = new int[addresses.Length];
        do
        {
            seen.Add(table.Lookup(watched));
            table.LookupBatch(addresses, values);
            seen.UnionWith(values);
        }
        while (!stop.IsCancellationRequested);
        return [.. seen];
    }

    private static void AssertAlike(LongestMatchTwin<TBits> twin, IPrefixTable<TBits> table, TBits[] probes, string where)
    {
        Assert.Equal(twin.Routes.Count, table.Count);
        var values = new int[probes.Length];
        table.LookupBatch(probes, values);
        for (int i = 0; i < probes.Length; i++)
        {
            int expected = twin.Lookup(probes[i]);
            int single = table.Lookup(probes[i]);
            if (expected != single || expected != values[i])
                Assert.Fail($"{where}: {probes[i]:x} goes to {expected}, not to {single} (batch: {values[i]})");
        }
    }

    /// <summary>An existing route as often as not, else one that crowds around a few centres, with border lengths preferred.</summary>
    private (TBits Network, int Length) DrawPrefix(Random random, LongestMatchTwin<TBits> twin, TBits[] centres)
    {
        if (twin.Routes.Count > 0 && random.Next(3) == 0)
        {
            (TBits network, int existing, _) = twin.Routes[random.Next(twin.Routes.Count)];
            return (network, existing);
        }

        int length = random.Next(2) == 0 ? BorderLengths[random.Next(BorderLengths.Length)] : random.Next(Width + 1);
        return (DrawNear(random, centres), length);
    }

    /// <summary>A centre with some low bits drawn anew: most often a few, so that routes nest and neighbour.</summary>
    private TBits DrawNear(Random random, TBits[] centres)
    {
        int drawn = random.Next(2) == 0 ? random.Next(1, 10) : random.Next(1, Width);
        TBits mask = TBits.AllBitsSet >>> (Width - drawn);
        return centres[random.Next(centres.Length)] ^ (Draw(random) & mask);
    }

    private static TBits Draw(Random random)
    {
        UInt128 bits = new((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
        return TBits.CreateTruncating(bits);
    }
}
