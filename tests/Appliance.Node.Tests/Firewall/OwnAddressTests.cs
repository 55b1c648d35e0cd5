using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>What a ruleset calls by a port's name in parentheses includes its link-local address, known in a node alone.</summary>
public sealed class OwnAddressTests
{
    private const string Neighbour = "fe80::9";

    private static readonly string LanLinkLocal = NodeModelsBuilder.LinkLocalOf(Boxes.LanMac).ToString();

    [Theory]
    [InlineData("block all\npass in on lan inet6 proto icmp6 to (lan)\n", true)]
    [InlineData("block all\npass in on lan inet6 proto icmp6 to (self)\n", true)]
    [InlineData("block all\npass in on lan inet6 proto icmp6 to ! (lan)\n", false)]
    [InlineData("block all\npass in on lan inet6 proto icmp6 to (lan:0)\n", false)]
    [InlineData("block all\npass in on lan inet6 proto icmp6 to (wan)\n", false)]
    public void A_ping_to_the_link_local_address_passes_as_the_rules_about_the_port_say(string rules, bool passes)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules);
        byte[] ping = TestFrames.Ipv6(Neighbour, LanLinkLocal, TestTransport.Icmpv6(128, 0, 7));
        Seen seen = box.Send("lan", ping);
        if (!passes)
        {
            seen.MustBeDropped("block");
            return;
        }

        byte[] answer = Assert.Single(seen.LeftBy("lan"));
        Assert.Equal(LanLinkLocal, Ipv6Address.Read(answer.AsSpan(22)).ToString());
    }

    [Fact]
    public void A_configurations_own_ruleset_knows_none()
    {
        var model = Box.ModelOf(Boxes.Edge + Boxes.Ruleset + "pass to (lan)\n");
        Assert.DoesNotContain(
            model.Firewall!.Rules.Filter[0].Destination.Ranges, range => range.First is { IsV6: true, IsLinkLocal: true });
    }
}
