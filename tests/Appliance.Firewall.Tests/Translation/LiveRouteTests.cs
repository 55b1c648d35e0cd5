using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Which way packets are sent by rules that say.</summary>
public sealed class LiveRouteTests
{
    private static readonly KeyedRandom Secret = KeyedRandom.FromSeed(3);

    [Theory]
    [InlineData(RouteKind.RouteTo, RuleDirection.In, RuleDirection.In, true)]
    [InlineData(RouteKind.RouteTo, RuleDirection.Out, RuleDirection.In, false)]
    [InlineData(RouteKind.ReplyTo, RuleDirection.In, RuleDirection.In, false)]
    [InlineData(RouteKind.ReplyTo, RuleDirection.Out, RuleDirection.In, true)]
    [InlineData(RouteKind.DupTo, RuleDirection.Out, RuleDirection.Out, true)]
    public void Replies_go_their_way_and_the_rest_its_own(RouteKind kind, RuleDirection packet, RuleDirection rule, bool expected) =>
        Assert.Equal(expected, Make(kind, PoolKind.First, false, Hop("203.0.113.1/32", 0)).IsFor(packet, rule));

    [Fact]
    public void Next_hops_take_turns_each_by_its_port()
    {
        LiveRoute route = Make(
            RouteKind.RouteTo, PoolKind.RoundRobin, false,
            Hop("203.0.113.0/31", 4), Hop("0.0.0.0/32", 5), Hop("198.51.100.1/32", 5), Hop("203.0.113.1/32", 6), Hop("fe80::1/128", 7));
        Assert.Equal(
            [
                new RouteChoice(4, 0xcb00_7100), new RouteChoice(4, 0xcb00_7101), new RouteChoice(5, 0), new RouteChoice(5, 0xc633_6401),
                new RouteChoice(6, 0xcb00_7101), new RouteChoice(4, 0xcb00_7100),
            ],
            Enumerable.Range(0, 6).Select(i => Choose(route, 1)));
        Assert.False(new RouteChoice(5, 0).HasNextHop);
        Assert.True(route.TryChoose(default, isV6: true, out RouteChoice way));
        Assert.Equal(new RouteChoice(7, new UInt128(0xfe80_0000_0000_0000, 1)), way);
    }

    [Fact]
    public void A_sticky_source_keeps_way_and_port_as_long_as_it_has_states()
    {
        LiveRoute route = Make(RouteKind.RouteTo, PoolKind.RoundRobin, true, Hop("203.0.113.1/32", 4), Hop("198.51.100.1/32", 5));
        RouteChoice one = Choose(route, 1), other = Choose(route, 2);
        Assert.NotEqual(one.Port, other.Port);
        Assert.Equal([one, one, one], Enumerable.Range(0, 3).Select(_ => Choose(route, 1)));
        Assert.Equal(other, Choose(route, 2));
        for (int i = 0; i < 4; i++) route.Unstick(1, isV6: false);
        Choose(route, 3);                                               // six choices before, so this has the turn of the first way
        Assert.Equal(other, Choose(route, 1));
    }

    [Theory]
    [InlineData(PoolKind.Random)]
    [InlineData(PoolKind.SourceHash)]
    [InlineData(PoolKind.Bitmask)]
    public void The_way_follows_from_the_flow(PoolKind kind)
    {
        LiveRoute route = Make(RouteKind.RouteTo, kind, false, Hop("203.0.113.0/24", 4));
        RouteChoice[] ways = [.. Enumerable.Range(1, 40).Select(i => Choose(route, (uint)i))];
        Assert.Equal(ways, Enumerable.Range(1, 40).Select(i => Choose(route, (uint)i)));
        Assert.All(ways, way => Assert.Equal((4, (UInt128)0xcb_0071), (way.Port, way.NextHop >> 8)));
        Assert.InRange(ways.Distinct().Count(), 30, 40);
    }

    [Fact]
    public void Without_an_address_of_the_family_there_is_no_way() =>
        Assert.False(Make(RouteKind.RouteTo, PoolKind.First, false, Hop("203.0.113.1/32", 4)).TryChoose(default, isV6: true, out _));

    private static RouteChoice Choose(LiveRoute route, uint source)
    {
        Assert.True(route.TryChoose(new FrameEndpoints(source, 2, 3, 4), isV6: false, out RouteChoice way));
        return way;
    }

    private static LiveRoute Make(RouteKind kind, PoolKind pool, bool isSticky, params PoolMember[] hops) =>
        new(new RuleRoute(kind, new PoolSpec(pool, [.. hops]) { IsSticky = isSticky }), Secret, isSticky ? new StickySources() : null);

    private static PoolMember Hop(string text, ushort via)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return new PoolMember(prefix) { Via = via };
    }
}
