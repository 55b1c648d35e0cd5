using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Two appliances that do not hear each other never give the same port.</summary>
public sealed class PortHalfTests
{
    public static TheoryData<PortRange> Ranges =>
    [
        PortRange.Default, PortRange.Identifiers, new PortRange(60_000, 60_001), new PortRange(60_000, 60_002), new PortRange(1024, 65_535),
        PortRange.MapE(6, 8, 0x34), PortRange.MapE(4, 8, 3), PortRange.MapE(1, 3, 2), PortRange.MapE(15, 1, 1),
    ];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Each_port_is_in_one_half_and_both_have_some(PortRange range)
    {
        PortRange lower = range.HalfOf(PortHalf.Lower), upper = range.HalfOf(PortHalf.Upper);
        int[] both = [.. PortsOf(lower), .. PortsOf(upper)];
        Assert.Equal(PortsOf(range).Order(), both.Order());
        Assert.InRange(lower.Count - upper.Count, -1 - (range.Count / 4), 1 + (range.Count / 4));
        Assert.All(PortsOf(lower), port => Assert.True(lower.Contains((ushort)port) && !upper.Contains((ushort)port)));
        Assert.All(PortsOf(upper), port => Assert.True(upper.Contains((ushort)port) && !lower.Contains((ushort)port)));
        Assert.Equal(range, range.HalfOf(PortHalf.Whole));
    }

    [Fact]
    public void One_port_cannot_be_halved()
    {
        var one = new PortRange(5060, 5060);
        Assert.Equal((one, one), (one.HalfOf(PortHalf.Lower), one.HalfOf(PortHalf.Upper)));
    }

    private static IEnumerable<int> PortsOf(PortRange range) =>
        Enumerable.Range(0, range.Count).Select(index => (int)range.At((uint)index));
}
