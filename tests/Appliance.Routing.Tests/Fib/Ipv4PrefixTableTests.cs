using Appliance.Engine;
using Appliance.Routing.Fib;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Fib;

public sealed class Ipv4PrefixTableTests : PrefixTableContract<uint>
{
    protected override int Width => 32;

    // Coarse to direct at 8, direct to groups at 24.
    protected override int[] BorderLengths { get; } = [0, 1, 7, 8, 9, 16, 23, 24, 25, 27, 28, 29, 31, 32];

    internal override IPrefixTable<uint> Create(int maximumRoutes = 4096, ITableMemory? memory = null) =>
        new Ipv4Subject(new Ipv4PrefixTable(maximumRoutes, memory: memory));

    [Theory]
    [InlineData(25)]
    [InlineData(32)]
    public void A_route_for_which_no_group_is_left_is_refused_and_leaves_no_trace(int length)
    {
        const int Networks = 5;
        using var table = new Ipv4PrefixTable(maximumRoutes: 100, maximumGroups: Networks);
        var cover = new Ipv4Address(0x0a00_0000);
        Assert.True(table.Set(cover, 16, 1));
        for (uint i = 0; i < Networks; i++) Assert.True(table.Set(new Ipv4Address(cover.Value | (i << 8)), length, 2));

        var refused = new Ipv4Address(cover.Value | (Networks << 8));
        Assert.False(table.Set(refused, length, 3));
        Assert.Equal(Networks + 1, table.Count);
        Assert.Equal(1, table.Lookup(refused));
        Assert.False(table.Remove(refused, length));

        Assert.True(table.Remove(cover, length));
        Assert.True(table.Set(refused, length, 3));
        Assert.Equal(3, table.Lookup(refused));
        Assert.Equal(1, table.Lookup(cover));
    }

    [Fact]
    public void A_second_route_under_the_same_group_needs_no_group_more()
    {
        using var table = new Ipv4PrefixTable(maximumRoutes: 600, maximumGroups: 1);
        for (uint i = 0; i < 256; i++) Assert.True(table.Set(new Ipv4Address(i), 32, (int)i));
        Assert.True(table.Set(new Ipv4Address(0), 25, 1000));
        Assert.False(table.Set(new Ipv4Address(256), 32, 256));
        for (uint i = 0; i < 256; i++) Assert.Equal((int)i, table.Lookup(new Ipv4Address(i)));
        Assert.True(table.Remove(new Ipv4Address(127), 32));
        Assert.Equal(1000, table.Lookup(new Ipv4Address(127)));
        Assert.Equal(-1, table.Lookup(new Ipv4Address(256)));
    }

    [Fact]
    public void Groups_come_back_however_often_routes_come_and_go()
    {
        using var table = new Ipv4PrefixTable(maximumRoutes: 100, maximumGroups: 1);
        for (uint i = 0; i < 1000; i++)
        {
            var address = new Ipv4Address(i * 256);
            Assert.True(table.Set(address, 26, 1));
            Assert.True(table.Set(address, 30, 2));
            Assert.Equal(2, table.Lookup(address));
            Assert.True(table.Remove(address, i % 2 == 0 ? 26 : 30));
            Assert.Equal(i % 2 == 0 ? 2 : 1, table.Lookup(address));
            Assert.True(table.Remove(address, i % 2 == 0 ? 30 : 26));
            Assert.Equal(-1, table.Lookup(address));
        }
    }
}
