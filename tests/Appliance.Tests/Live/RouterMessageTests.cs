using Appliance.Engine;
using Appliance.Running;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>Which frames of control traffic are for the host's daemons, and at which end.</summary>
public sealed class RouterMessageTests
{
    private static readonly PortTable Ports = new(
    [
        new PortFacts { Index = 0, Name = "wan", Physical = 0, Mac = default },
        new PortFacts { Index = 1, Name = "wan.20", Physical = 0, Parent = 0, VlanId = 20, Mac = default },
        new PortFacts { Index = 2, Name = "wan.20.7", Physical = 0, Parent = 1, VlanId = 7, Mac = default },
    ]);

    [Theory]
    [InlineData(134, new int[0], 0)]
    [InlineData(133, new int[0], 0)]
    [InlineData(134, new[] { 20 }, 1)]
    [InlineData(134, new[] { 0 }, 0)]
    [InlineData(134, new[] { 20, 7 }, 2)]
    public void What_routers_say_goes_untagged_to_the_end_of_its_link(byte type, int[] vlans, int expected)
    {
        byte[] message = Message(type);
        var untagged = new byte[2000];
        Assert.True(RouterMessage.TryRead(Tagged(message, vlans), 0, Ports, untagged, out int port, out int length));
        Assert.Equal(expected, port);
        Assert.Equal(message, untagged[..length]);
    }

    [Theory]
    [InlineData(135, new int[0])]
    [InlineData(136, new int[0])]
    [InlineData(137, new int[0])]
    [InlineData(134, new[] { 21 })]
    [InlineData(134, new[] { 20, 8 })]
    public void What_neighbours_say_is_the_appliances_and_an_unknown_vlan_nobodys(byte type, int[] vlans) =>
        Assert.False(RouterMessage.TryRead(Tagged(Message(type), vlans), 0, Ports, new byte[2000], out _, out _));

    [Fact]
    public void A_frame_that_ends_anywhere_is_read_without_harm()
    {
        byte[] frame = Tagged(Message(134), [20]);
        int whole = Enumerable.Range(0, frame.Length + 1)
            .Count(length => RouterMessage.TryRead(frame.AsSpan(0, length), 0, Ports, new byte[2000], out _, out _));
        Assert.Equal(frame.Length - (14 + 4 + 40), whole);
    }

    private static byte[] Tagged(byte[] frame, int[] vlans) => TestFrames.Tagged(frame, [.. vlans.Select(vlan => (ushort)vlan)]);

    private static byte[] Message(byte type) => TestFrames.WithMacs(
        TestFrames.Ipv6("fe80::9", "ff02::1", TestTransport.Icmpv6(type, 0, 0, new byte[8]), ip => ip with { HopLimit = 255 }),
        new MacAddress(0x3333_0000_0001), TestFrames.Host);
}
