using Appliance.Engine;
using Appliance.Routing.Fib;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Fib;

public sealed class Ipv6PrefixTableTests : PrefixTableContract<UInt128>
{
    protected override int Width => 128;

    // Coarse to roots at 12, roots to nodes at 24, then a level each six bits; 60 to 66 straddles the address' halves, 126 is the last
    // level.
    protected override int[] BorderLengths { get; } =
        [0, 1, 11, 12, 13, 23, 24, 25, 30, 31, 36, 48, 59, 60, 61, 63, 64, 65, 66, 67, 72, 120, 125, 126, 127, 128];

    internal override IPrefixTable<UInt128> Create(int maximumRoutes = 4096, ITableMemory? memory = null) =>
        new Ipv6Subject(new Ipv6PrefixTable(maximumRoutes, memory));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_table_without_room_refuses_and_yet_every_route_can_be_removed(int seed)
    {
        var random = new Random(seed);
        using var table = new Ipv6PrefixTable(maximumRoutes: 100_000, nodeChunks: 20, leafChunks: 20, ProcessMemory.Instance);
        for (int round = 0; round < 3; round++)
        {
            var routes = new HashSet<(Ipv6Address Network, int Length)>();
            int refused = 0;
            while (refused < 100)
            {
                int length = random.Next(10, 129);
                UInt128 bits = new((ulong)random.NextInt64() >> random.Next(40), (ulong)random.NextInt64());
                var network = new Ipv6Address(bits & (UInt128.MaxValue << (128 - length)));
                if (table.Set(network, length, 5)) routes.Add((network, length));
                else refused++;
            }

            Assert.Equal(routes.Count, table.Count);
            foreach ((Ipv6Address network, int length) in routes)
                Assert.True(table.Set(network, length, 6));
            foreach ((Ipv6Address network, _) in routes) Assert.Equal(6, table.Lookup(network));

            (Ipv6Address Network, int Length)[] shuffled = [.. routes];
            random.Shuffle(shuffled);
            foreach ((Ipv6Address network, int length) in shuffled) Assert.True(table.Remove(network, length));
            Assert.Equal(0, table.Count);
            foreach ((Ipv6Address network, _) in shuffled) Assert.Equal(-1, table.Lookup(network));
        }
    }
}
