using Appliance.Engine;
using Appliance.Routing.Fib;
using Xunit;

namespace Appliance.Routing.Tests.Fib;

public sealed class PrefixMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_holds_what_a_dictionary_holds(int seed)
    {
        var random = new Random(seed);
        using var map = new PrefixMap<UInt128>(capacity: 50, ProcessMemory.Instance);
        var twin = new Dictionary<(UInt128, int), int>();
        for (int step = 0; step < 20_000; step++)
        {
            // Few keys in few slots: they collide, and probe sequences run into one another.
            (UInt128 Network, int Length) key = (UInt128.CreateTruncating(random.Next(20)) << 60, random.Next(5));
            if (random.Next(2) == 0)
            {
                bool fits = twin.ContainsKey(key) || twin.Count < map.Capacity;
                Assert.Equal(fits, map.TrySet(key.Network, key.Length, step & 0x7fff));
                if (fits) twin[key] = step & 0x7fff;
            }
            else
            {
                Assert.Equal(twin.Remove(key), map.Remove(key.Network, key.Length));
            }

            Assert.Equal(twin.Count, map.Count);
            if (step % 50 == 0)
                foreach (((UInt128 network, int length), int value) in twin)
                    Assert.True(map.TryGet(network, length, out int found) && found == value);
        }
    }
}
