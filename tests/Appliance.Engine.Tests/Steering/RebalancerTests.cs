using System.Collections.Immutable;
using Xunit;

namespace Appliance.Engine.Tests.Steering;

public sealed class RebalancerTests
{
    private const int Buckets = 128;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Many_small_buckets_on_one_worker_become_even_in_a_few_looks(int workers)
    {
        var table = new IndirectionTable([.. new ushort[Buckets]]);
        long[] loads = [.. Enumerable.Repeat(10L, Buckets)];
        int looks = 0;
        while (Rebalancer.TryImprove(loads, table, workers, out IndirectionTable better))
        {
            Assert.InRange(Moves(table, better), 1, Rebalancer.MaxMoves);
            table = better;
            Assert.True(++looks < 10, "It never ends.");
        }

        Assert.True(Skew(loads, table, workers) <= Rebalancer.Threshold);
    }

    [Fact]
    public void Whatever_the_loads_the_busiest_never_gets_busier_and_it_ends()
    {
        var random = new Random(8);
        for (int round = 0; round < 2000; round++)
        {
            int workers = random.Next(1, 9);
            long[] loads = new long[Buckets];
            for (int i = random.Next(4); i < Buckets; i += random.Next(1, 8)) loads[i] = (long)Math.Pow(10, 6 * random.NextDouble());
            var table = new IndirectionTable([.. Enumerable.Range(0, Buckets).Select(_ => (ushort)random.Next(workers))]);
            for (int looks = 0; Rebalancer.TryImprove(loads, table, workers, out IndirectionTable better); looks++)
            {
                Assert.True(looks < Buckets, $"Round {round} never ends.");
                Assert.True(Skew(loads, better, workers) <= Skew(loads, table, workers), $"Round {round} made it worse.");
                table = better;
            }
        }
    }

    [Fact]
    public void Even_loads_no_load_and_one_worker_leave_the_table()
    {
        IndirectionTable even = IndirectionTable.Even(Buckets, 4);
        Assert.False(Rebalancer.TryImprove([.. Enumerable.Repeat(5L, Buckets)], even, 4, out IndirectionTable same));
        Assert.Same(even, same);
        Assert.False(Rebalancer.TryImprove(new long[Buckets], even, 4, out _));
        Assert.False(Rebalancer.TryImprove([.. Enumerable.Repeat(5L, Buckets)], IndirectionTable.Even(Buckets, 1), 1, out _));
    }

    [Fact]
    public void One_heavy_bucket_gets_a_worker_for_itself()
    {
        var loads = new long[Buckets];
        (loads[0], loads[2], loads[4]) = (1000, 30, 20);
        Assert.True(Rebalancer.TryImprove(loads, IndirectionTable.Even(Buckets, 2), 2, out IndirectionTable better));
        Assert.NotEqual(better.OwnerOf(0), better.OwnerOf(2));
        Assert.Equal(better.OwnerOf(2), better.OwnerOf(4));
        Assert.False(Rebalancer.TryImprove(loads, better, 2, out _));
    }

    private static int Moves(IndirectionTable before, IndirectionTable after) =>
        before.Owners.Zip(after.Owners, (then, now) => then == now ? 0 : 1).Sum();

    private static double Skew(long[] loads, IndirectionTable table, int workers)
    {
        var sums = new long[workers];
        ImmutableArray<ushort> owners = table.Owners;
        for (int i = 0; i < loads.Length; i++) sums[owners[i]] += loads[i];
        return sums.Max() / Math.Max(1, sums.Average());
    }
}
