using Xunit;

namespace Appliance.Engine.Tests.Ports;

public sealed class PortTableTests
{
    private static readonly PortTable Table = new(
    [
        new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = default },
        new PortFacts { Index = 1, Name = "lan.5", Physical = 0, Mac = default, Parent = 0, VlanId = 5 },
        new PortFacts { Index = 2, Name = "lan.5.7", Physical = 0, Mac = default, Parent = 1, VlanId = 7 },
        new PortFacts { Index = 3, Name = "wan", Physical = 3, Mac = default },
        new PortFacts { Index = 4, Name = "wan.5", Physical = 3, Mac = default, Parent = 3, VlanId = 5 },
    ]);

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(1, 7, 2)]
    [InlineData(3, 5, 4)]
    [InlineData(0, 7, -1)]
    [InlineData(2, 7, -1)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 4095, -1)]
    public void A_sub_port_is_found_by_its_parent_and_VLAN(int parent, int vlan, int index) =>
        Assert.Equal(index, Table.FindSubport(parent, vlan));

    [Fact]
    public void Ports_are_found_by_index()
    {
        Assert.Equal(5, Table.Count);
        Assert.Equal((0, "lan"), (Table[0].Index, Table[0].Name));
        Assert.Equal((4, "wan.5"), (Table[4].Index, Table[4].Name));
    }
}
