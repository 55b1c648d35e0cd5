using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>What Appliance.Fuzz has found, each with a frame that shows it.</summary>
public sealed class FoundByFuzzingTests
{
    [Fact]
    public void A_solicitation_from_a_group_mac_is_not_answered_to_that_group()
    {
        using var box = new Box(Boxes.Edge);
        byte[] target = new byte[Ipv6Address.Length];
        TestFrames.V6("2001:db8:1::1").WriteTo(target);
        TestTransport solicitation = TestTransport.Icmpv6(135, 0, 0, target);
        byte[] frame = TestFrames.Ipv6("2001:db8:1::10", "2001:db8:1::1", solicitation, ip => ip with { HopLimit = 255 });
        box.Send("lan", frame).Answered("lan");
        box.Send("lan", TestFrames.WithMacs(frame, TestFrames.Router, new MacAddress(0x3333_0000_0001))).MustBeDropped("spoof");
    }
}
