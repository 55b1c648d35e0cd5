using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Where rules send packets.</summary>
public sealed class RouteTests
{
    [Theory]
    [InlineData("in on lan inet route-to (wan 203.0.113.1)", RouteKind.RouteTo, PoolKind.First, "203.0.113.1/32@0")]
    [InlineData("in on wan inet reply-to (wan 203.0.113.1)", RouteKind.ReplyTo, PoolKind.First, "203.0.113.1/32@0")]
    [InlineData("in on lan inet route-to { (wan 203.0.113.1), (dmz 10.0.0.9) } sticky-address", RouteKind.RouteTo, PoolKind.RoundRobin,
        "203.0.113.1/32@0 10.0.0.9/32@2")]
    [InlineData("in on lan inet route-to (wan 203.0.113.0/29) random", RouteKind.RouteTo, PoolKind.Random, "203.0.113.0/29@0")]
    [InlineData("in on lan inet route-to (dmz <t>)", RouteKind.RouteTo, PoolKind.RoundRobin, "<t>@2")]
    [InlineData("in on lan inet route-to wan", RouteKind.RouteTo, PoolKind.First, "0.0.0.0/32@0")]
    [InlineData("in on lan route-to wan", RouteKind.RouteTo, PoolKind.First, "0.0.0.0/32@0 ::/128@0")]
    [InlineData("in on lan inet6 route-to (wan fe80::1)", RouteKind.RouteTo, PoolKind.First, "fe80::1/128@0")]
    [InlineData("out on lan route-to (wan 203.0.113.1)", RouteKind.RouteTo, PoolKind.First, "203.0.113.1/32@0")]
    public void A_way_is_ports_and_next_hops(string rule, RouteKind kind, PoolKind pool, string hops)
    {
        ResolvedRuleset ruleset = Gateway.Good($"table <t> {{ 10.0.0.7 }}\npass {rule}");
        Assert.Equal(0, ruleset.Filter[0].Route);
        RuleRoute route = Assert.Single(ruleset.Routes);
        Assert.Equal((kind, pool), (route.Kind, route.Pool.Kind));
        Assert.Equal(hops, string.Join(' ', route.Pool.Members.Select(member => $"{member}@{member.Via}")));
        Assert.Equal(rule.Contains("sticky", StringComparison.Ordinal), route.Pool.IsSticky);
    }

    [Fact]
    public void A_rule_that_names_a_next_hop_is_of_its_family() =>
        Assert.Equal(4, Gateway.Good("pass in on lan route-to (wan 203.0.113.1)").Filter[0].Family);

    [Fact]
    public void Rules_name_their_ways_by_index()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            pass in on lan inet route-to (wan 203.0.113.1)
            block
            anchor {
              pass out on wan inet reply-to (dmz 10.0.0.9)
            }
            """);
        Assert.Equal([0, Rule.None, Rule.None, 1], Enumerable.Range(0, ruleset.Filter.Count).Select(index => ruleset.Filter[index].Route));
        Assert.Equal(2, ruleset.Routes.Length);
    }
}
