using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>IP options, and headers that route, pass where a rule says <c>allow-opts</c>, and by nothing else (pf.conf(5)).</summary>
public sealed class OptionTests
{
    private const string Redirect = "rdr pass on wan inet proto udp to (wan) port 53 -> " + Boxes.LanHost + "\n";

    private static readonly byte[] s_routerAlert = [148, 4, 0, 0];

    [Theory]
    [InlineData("block in on wan\n")]                                   // the default rule passes, and allows none
    [InlineData("pass all\n")]
    [InlineData("pass all no state\n")]
    public void They_are_blocked_by_rules_that_do_not_name_them(string rules)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules);
        box.Send("lan", Query(s_routerAlert)).MustBeDropped("block");
        box.Send("lan", Query()).Forwarded("wan");
        box.Send("lan", Query(s_routerAlert)).MustBeDropped("block");
    }

    [Fact]
    public void They_pass_with_the_state_of_a_rule_that_does()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass all allow-opts\n");
        box.Send("lan", Query(s_routerAlert)).Forwarded("wan");
        box.Send("lan", Query(s_routerAlert)).Forwarded("wan");
    }

    [Fact]
    public void A_translation_that_passes_unasked_allows_none()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Redirect + "pass out on lan allow-opts\n");
        byte[] asking = TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Udp(5000, 53, 8), null, s_routerAlert);
        box.Send("wan", asking).MustBeDropped("block");
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Udp(5000, 53, 8))).Forwarded("lan");
    }

    [Theory]
    [InlineData("pass all\n", false)]
    [InlineData("pass all allow-opts\n", true)]
    public void An_error_about_a_flow_has_them_where_the_flow_may(string rules, bool passes)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules);
        byte[] query = Query();
        box.Send("lan", query).Forwarded("wan");
        var about = TestTransport.Icmp(3, 3, 0, query.AsSpan(14, 28).ToArray());
        Seen seen = box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, about, null, s_routerAlert));
        if (passes) seen.Forwarded("lan");
        else seen.MustBeDropped("block");
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, about)).Forwarded("lan");
    }

    [Theory]
    [InlineData(2)]                                                     // Mobile IPv6
    [InlineData(4)]                                                     // segment routing
    public void A_routing_header_is_an_option_and_other_extensions_are_not(byte type)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass all\n");
        box.Send("lan", Query6(TestExtension.Routing(type))).MustBeDropped("block");
        box.Send("lan", Query6(TestExtension.HopByHop, TestExtension.DestinationOptions())).Forwarded("wan");
        box.Send("lan", Query6(TestExtension.DestinationOptions(), TestExtension.Routing(type))).MustBeDropped("block");
        using var open = new Box(Boxes.Edge + Boxes.Ruleset + "pass all allow-opts\n");
        open.Send("lan", Query6(TestExtension.Routing(type))).Forwarded("wan");
    }

    private static byte[] Query(params byte[] options) =>
        TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(5000, 53, 8), null, options);

    private static byte[] Query6(params TestExtension[] extensions) =>
        TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8), null, extensions);
}
