using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Model;

public sealed class RouteWaysTests
{
    private static readonly NeighbourTable Nobody = new([], inventUnknown: false);

    [Fact]
    public void Flows_are_dealt_out_by_weight_and_every_hash_has_a_way()
    {
        int seed = TestSize.Seed(5_01);
        var random = new Random(seed);
        for (int round = 0; round < TestSize.Of(50, 200, 5000); round++)
        {
            int[] weights = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(1, random.Next(2) == 0 ? 3 : 257))];
            RouteWays ways = new(Target(weights), Nobody);
            decimal total = weights.Sum(), before = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                decimal behind = before + (weights[i] / total);
                foreach (uint hash in (uint[])[First(before), (uint)((First(before) + (ulong)Last(behind)) / 2), Last(behind)])
                    Assert.True(i == ways.IndexFor(hash), $"seed {seed}: {hash:x8} of {string.Join(':', weights)}");
                before = behind;
            }

            Assert.Equal((0, weights.Length - 1), (ways.IndexFor(0), ways.IndexFor(uint.MaxValue)));
        }
    }

    [Fact]
    public void Weights_that_mean_the_same_are_the_same()
    {
        Assert.Equal(Target(1, 2), Target(100, 200));
        Assert.Equal(Target(1, 1).GetHashCode(), Target(7, 7).GetHashCode());
        Assert.Equal(Target(1), Target(9));
        Assert.NotEqual(Target(1, 2), Target(2, 1));
    }

    /// <summary>Two off at most: neither side's rounding is the other's.</summary>
    private static uint First(decimal share) => (uint)Math.Min(uint.MaxValue, Math.Ceiling(share * (1L << 32)) + (share == 0 ? 0 : 1));

    private static uint Last(decimal share) => (uint)Math.Max(0, Math.Min(uint.MaxValue, Math.Floor(share * (1L << 32)) - 2));

    private static RouteTarget Target(params int[] weights) => new(
        "bgp", TargetKind.Unicast, [.. weights.Select((weight, i) => new NextHop(1, new Ipv4Address((uint)i), weight))]);
}
