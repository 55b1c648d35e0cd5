using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests;

public sealed class NeighbourTableTests
{
    private static readonly IpAddress Known = TestFrames.V4("192.0.2.1"), KnownV6 = TestFrames.V6("2001:db8::a:b:c");
    private static readonly MacAddress Mac = new(0x0600_0000_0001);

    [Fact]
    public void A_configured_neighbour_is_known_on_its_port_only()
    {
        KeyValuePair<(int, IpAddress), MacAddress>[] known = [KeyValuePair.Create((1, Known), Mac), KeyValuePair.Create((1, KnownV6), Mac)];
        var table = new NeighbourTable(known, inventUnknown: false);
        Assert.True(table.TryResolve(1, Known, out MacAddress mac));
        Assert.Equal(Mac, mac);
        Assert.True(table.TryResolve(1, KnownV6, out _));
        Assert.False(table.TryResolve(0, Known, out _));
        Assert.False(table.TryResolve(1, TestFrames.V4("192.0.2.2"), out _));
    }

    [Theory]
    [InlineData("192.0.2.2", 0x0200_c000_0202)]
    [InlineData("255.255.255.255", 0x0200_ffff_ffff)]
    [InlineData("2001:db8::1234:abcd", 0x0200_1234_abcd)]
    [InlineData("fe80::ffff:ffff:ffff", 0x0200_ffff_ffff)]
    public void An_invented_MAC_is_02_00_and_the_last_four_bytes_of_the_address(string address, long expected)
    {
        var table = new NeighbourTable([KeyValuePair.Create((1, Known), Mac)], inventUnknown: true);
        Assert.True(IpAddress.TryParse(address, out IpAddress asked));
        Assert.True(table.TryResolve(0, asked, out MacAddress mac));
        Assert.Equal(new MacAddress((ulong)expected), mac);
        Assert.True(table.TryResolve(1, Known, out mac));
        Assert.Equal(Mac, mac);
    }
}
