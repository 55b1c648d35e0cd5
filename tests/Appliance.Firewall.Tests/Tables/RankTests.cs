using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class RankTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    [InlineData(65537)]
    public void The_place_of_a_value_is_that_of_binary_search(int count)
    {
        var random = new Random(count);
        var values = new SortedSet<uint> { 0 };
        if (count > 1) values.Add(uint.MaxValue);
        while (values.Count < count) values.Add((uint)random.NextInt64(1L << (random.Next(2) == 0 ? 32 : 20)));
        uint[] sorted = [.. values];
        AlignedArray<uint> narrow = RankSearch.Create<uint>(sorted);
        AlignedArray<ulong> wide = RankSearch.Create<ulong>([.. sorted.Select(value => (ulong)value << 32)]);
        foreach (uint value in sorted.Concat(sorted.Select(value => value - 1)).Concat(sorted.Select(value => value + 1))
            .Append(uint.MaxValue))
        {
            int place = Array.BinarySearch(sorted, value);
            int expected = place >= 0 ? place : ~place - 1;
            Assert.Equal(expected, RankSearch.FindLast(ref narrow[0], count, value));
            Assert.Equal(expected, RankSearch.FindLast(ref wide[0], count, ((ulong)value << 32) | 7));
        }

        Assert.Equal(count - 1, RankSearch.FindLast(ref wide[0], count, ulong.MaxValue));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_address_is_in_the_interval_that_begins_last_before_it(bool isV6)
    {
        var random = new Random(5);
        var values = new SortedSet<UInt128> { 0, isV6 ? UInt128.MaxValue : uint.MaxValue };
        while (values.Count < 700)
            values.Add(isV6 ? new UInt128((ulong)random.Next(400), (ulong)random.Next(4) << (random.Next(2) * 62))
                : (uint)random.NextInt64(1L << 32));
        UInt128[] sorted = [.. values];
        var rank = new AddressRank(sorted, isV6);
        IEnumerable<UInt128> sought = isV6
            ? sorted.SelectMany(value => (UInt128[])[value, value + 1, value - 1])
            : sorted.SelectMany(value => (UInt128[])[value, (uint)(value + 1), (uint)(value - 1)]);
        foreach (UInt128 value in sought) Assert.Equal(sorted.Count(start => start <= value) - 1, rank.Find(value));
    }
}
