using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Routes that are learned while frames flow.</summary>
public sealed class LearnedRouteTests
{
    private const string Far = "10.9.0.7", FarV6 = "2001:db8:9::7";

    private static readonly byte[] Question = TestFrames.Ipv4(Boxes.LanHost, Far, TestTransport.Udp(1, 2));
    private static readonly byte[] QuestionV6 = TestFrames.Ipv6(Boxes.LanHostV6, FarV6, TestTransport.Udp(1, 2));

    [Fact]
    public void A_learned_route_counts_from_the_next_frame_on_until_it_is_gone()
    {
        using var box = new Box(Boxes.Island);
        box.Send("lan", Question).RefusedWith("no-route", "lan");
        Learn(box, "10.9.0.0/16", By(box, "wan", "203.0.113.9"));
        Learn(box, "2001:db8:9::/48", By(box, "wan", "2001:db8:2::9"));
        Assert.Equal(Boxes.InventedFor("203.0.113.9"), MacAddress.Read(box.Send("lan", Question).Forwarded("wan")));
        Assert.Equal(Boxes.InventedFor("2001:db8:2::9"), MacAddress.Read(box.Send("lan", QuestionV6).Forwarded("wan")));
        Learn(box, "10.9.0.0/16", null);
        box.Send("lan", Question).RefusedWith("no-route", "lan");
    }

    [Fact]
    public void A_connection_takes_the_new_way_at_once_though_it_remembers_the_old_one()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "pass\n", vcpus: 2);
        Learn(box, "10.9.0.0/16", By(box, "wan", "203.0.113.9"));
        for (int i = 0; i < 3; i++)
            Assert.Equal(Boxes.InventedFor("203.0.113.9"), MacAddress.Read(box.Send("lan", Question).Forwarded("wan")));
        Learn(box, "10.9.0.0/24", By(box, "wan", "203.0.113.10"));
        for (int i = 0; i < 3; i++)
            Assert.Equal(Boxes.InventedFor("203.0.113.10"), MacAddress.Read(box.Send("lan", Question).Forwarded("wan")));
    }

    [Fact]
    public void What_the_configuration_says_of_a_prefix_holds()
    {
        using var box = new Box(Boxes.Edge);
        Learn(box, "0.0.0.0/0", By(box, "lan", "192.168.1.99"));
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2))).Forwarded("wan");
    }

    [Fact]
    public void A_learned_blackhole_swallows_without_a_word()
    {
        using var box = new Box(Boxes.Edge);
        Learn(box, "10.9.0.0/16", new RouteTarget("static", TargetKind.Blackhole, []));
        Learn(box, "2001:db8:9::/48", new RouteTarget("static", TargetKind.Blackhole, []));
        box.Send("lan", Question).MustBeDropped("blackhole");
        box.Send("lan", QuestionV6).MustBeDropped("blackhole");
    }

    [Theory]
    [InlineData(TargetKind.Unreachable, "no-route", 1, 0)]
    [InlineData(TargetKind.Prohibit, "prohibited", 13, 1)]
    public void Other_ends_of_routes_are_told_to_the_sender_as_linux_does(TargetKind kind, string reason, byte code, byte codeV6)
    {
        using var box = new Box(Boxes.Edge);
        Learn(box, "10.9.0.0/16", new RouteTarget("static", kind, []));
        Learn(box, "2001:db8:9::/48", new RouteTarget("static", kind, []));
        byte[] error = box.Send("lan", Question).RefusedWith(reason, "lan");
        Assert.Equal((3, code), (error[34], error[35]));
        byte[] errorV6 = box.Send("lan", QuestionV6).RefusedWith(reason, "lan");
        Assert.Equal((1, codeV6), (errorV6[54], errorV6[55]));
    }

    [Fact]
    public void Another_configuration_keeps_what_was_learned()
    {
        using var box = new Box(Boxes.Island);
        Learn(box, "10.9.0.0/16", By(box, "wan", "203.0.113.9"));
        ForwardingTable before = box.Node.Models.Routing.Table;
        box.Node.Apply(Box.ModelOf(Boxes.Island + "vrss: {indirection: 64}\n"));
        box.Send("lan", Question).Forwarded("wan");
        Assert.Same(before, box.Node.Models.Routing.Table);             // nothing is built anew where routes are the same
        box.Node.Apply(Box.ModelOf(Boxes.Island + "routes: [{to: 10.8.0.0/16, via: 203.0.113.8}]\n"));
        box.Send("lan", Question).Forwarded("wan");
        Learn(box, "10.9.0.0/16", null);
        box.Send("lan", Question).RefusedWith("no-route", "lan");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "10.8.0.1", TestTransport.Udp(1, 2))).Forwarded("wan");
    }

    private static void Learn(Box box, string to, RouteTarget? target)
    {
        Assert.True(IpPrefix.TryParse(to, out IpPrefix prefix));
        Assert.True(box.Node.IsReadyToLearn);
        var refused = new List<RouteChange>();
        box.Node.Learn([new RouteChange(prefix, target)], refused);
        Assert.Empty(refused);
        box.Send([]);                                                   // the workers hear of it
    }

    private static RouteTarget By(Box box, string port, string gateway)
    {
        Assert.True(IpAddress.TryParse(gateway, out IpAddress address));
        return new RouteTarget("ospf", TargetKind.Unicast, [new NextHop(box.Node.Configuration.FindPort(port)!.Index, address)]);
    }
}
