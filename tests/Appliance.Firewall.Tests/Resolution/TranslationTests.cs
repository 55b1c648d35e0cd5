using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What translation rules take, and what becomes of it.</summary>
public sealed class TranslationTests
{
    private const string Out = "out wan tcp 192.168.1.10:4000 > 198.51.100.7:443", In = "in wan tcp 198.51.100.7:4000 > 203.0.113.2:80";

    [Theory]
    [InlineData("nat on wan from 192.168.1.0/24 to any -> 203.0.113.2 static-port", Out, "pf.conf:1 203.0.113.2:4000 > 198.51.100.7:443")]
    [InlineData("nat on wan from 192.168.1.0/24 -> 203.0.113.2 port 7", Out, "pf.conf:1 203.0.113.2:7 > 198.51.100.7:443")]
    [InlineData("nat on lan from any -> 203.0.113.2 static-port", Out, "no")]
    [InlineData("nat on outside from any -> (wan:0) static-port", Out, "pf.conf:1 203.0.113.2:4000 > 198.51.100.7:443")]
    [InlineData("nat on ! lan proto udp from any -> (wan:0)", Out, "no")]
    [InlineData("no nat on wan from any to 198.51.100.0/24\nnat on wan from any -> (wan:0)", Out, "no")]
    [InlineData("no nat on wan from any to 198.51.101.0/24\nnat on wan from any -> (wan:0) port 9", Out,
        "pf.conf:2 203.0.113.2:9 > 198.51.100.7:443")]
    [InlineData("nat on wan from any -> 203.0.113.5 port 5\nnat on wan from any -> 203.0.113.6", Out,
        "pf.conf:1 203.0.113.5:5 > 198.51.100.7:443")]
    [InlineData("nat on wan from any to any port 443 -> (wan:0) static-port", Out, "pf.conf:1 203.0.113.2:4000 > 198.51.100.7:443")]
    [InlineData("nat on wan from any to any port 443 -> (wan:0) static-port", "out wan icmp 192.168.1.10 > 1.1.1.1 type 8/0", "no")]
    [InlineData("nat on wan from any to any port 8 -> (wan:0)", "out wan icmp 192.168.1.10 > 1.1.1.1 type 8/0", "no")]
    [InlineData("nat on wan from any -> (lan.20)", Out, "pf.conf:1 drop")]
    [InlineData("nat on wan inet from any -> <none>", Out, "pf.conf:1 drop")]
    [InlineData("table <t> { 203.0.113.9 }\nnat on wan inet from any -> <t> port 3", Out, "pf.conf:2 203.0.113.9:3 > 198.51.100.7:443")]
    [InlineData("nat on wan from any -> 203.0.113.64/26 bitmask static-port", Out, "pf.conf:1 203.0.113.74:4000 > 198.51.100.7:443")]
    public void Sources_of_what_goes_out_are_translated(string ruleset, string packet, string expected) =>
        Assert.Equal(expected, Gateway.Translate(Gateway.Good(ruleset), packet));

    [Theory]
    [InlineData("rdr on wan proto tcp to 203.0.113.2 port 80 -> 10.0.0.2", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:80")]
    [InlineData("rdr on wan proto tcp to (wan) port 80 -> 10.0.0.2 port 8080", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:8080")]
    [InlineData("rdr on wan proto tcp to any port 70:90 -> 10.0.0.2 port 8080:*", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:8090")]
    [InlineData("rdr on wan proto tcp to any port 70:90 -> 10.0.0.2 port 8080:8083", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:8082")]
    [InlineData("rdr on wan proto tcp to any port 70:90 -> 10.0.0.2 port 8080", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:8080")]
    [InlineData("rdr on wan proto tcp to any -> 10.0.0.2 port 8080:8089", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:8080")]
    [InlineData("rdr on wan proto udp to any port 80 -> 10.0.0.2", In, "no")]
    [InlineData("rdr on lan proto tcp to any port 80 -> 10.0.0.2", In, "no")]
    [InlineData("no rdr on wan proto tcp from 198.51.100.7\nrdr on wan proto tcp to any port 80 -> 10.0.0.2", In, "no")]
    [InlineData("rdr on wan proto tcp from ! 198.51.100.7 to any port 80 -> 10.0.0.2", In, "no")]
    [InlineData("rdr on wan inet to 203.0.113.0/24 -> 10.0.0.0/24 bitmask", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:80")]
    [InlineData("rdr on wan proto tcp to any port 80 -> { 10.0.0.2, 10.0.0.3 }", In, "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:80")]
    [InlineData("rdr on wan inet6 proto tcp to any port 80 -> (wan:0)", "in wan tcp [2001:db8::9]:4 > [2001:db8::1]:80",
        "pf.conf:1 [2001:db8::9]:4 > [2001:db8:1::2]:80")]
    public void Destinations_of_what_comes_in_are_translated(string ruleset, string packet, string expected) =>
        Assert.Equal(expected, Gateway.Translate(Gateway.Good(ruleset), packet));

    [Theory]
    [InlineData("out wan tcp 10.0.0.2:4000 > 198.51.100.7:443", "pf.conf:1 203.0.113.3:4000 > 198.51.100.7:443")]
    [InlineData("in wan tcp 198.51.100.7:4000 > 203.0.113.3:443", "pf.conf:1 198.51.100.7:4000 > 10.0.0.2:443")]
    [InlineData("out wan icmp 10.0.0.2 > 198.51.100.7 type 8/0", "pf.conf:1 203.0.113.3 > 198.51.100.7")]
    [InlineData("out wan gre 10.0.0.2 > 198.51.100.7", "pf.conf:1 203.0.113.3 > 198.51.100.7")]
    [InlineData("in wan tcp 198.51.100.7:4000 > 203.0.113.4:443", "no")]
    [InlineData("out wan tcp 10.0.0.3:4000 > 198.51.100.7:443", "no")]
    [InlineData("out wan tcp 10.0.0.2:4000 > 198.51.101.7:443", "no")]
    [InlineData("in wan tcp 198.51.101.7:4000 > 203.0.113.3:443", "no")]
    [InlineData("out lan tcp 10.0.0.2:4000 > 198.51.100.7:443", "no")]
    public void Binat_is_one_address_for_one_both_ways(string packet, string expected) =>
        Assert.Equal(expected, Gateway.Translate(Gateway.Good("binat on wan from 10.0.0.2 to 198.51.100.0/24 -> 203.0.113.3"), packet));

    [Theory]
    [InlineData("out wan tcp 10.0.0.66:4000 > 1.1.1.1:443", "pf.conf:2 203.0.113.66:4000 > 1.1.1.1:443")]
    [InlineData("in wan tcp 1.1.1.1:4000 > 203.0.113.66:443", "pf.conf:2 1.1.1.1:4000 > 10.0.0.66:443")]
    [InlineData("out wan tcp 10.0.0.9:4000 > 1.1.1.1:443", "no")]
    [InlineData("in wan tcp 10.0.0.9:4000 > 203.0.113.66:443", "no")]      // as in pf: 'no binat' is not turned
    public void Binat_of_networks_keeps_hosts_and_no_binat_excepts_some(string packet, string expected) =>
        Assert.Equal(expected, Gateway.Translate(
            Gateway.Good("no binat on wan from 10.0.0.9 to any\nbinat on wan from 10.0.0.0/24 to any -> 203.0.113.0/24"), packet));

    [Fact]
    public void Binat_to_is_a_rule_of_each_way()
    {
        ResolvedRuleset ruleset = Gateway.Good("match on wan inet from 10.0.0.0/28 binat-to 203.0.113.16/28");
        Assert.Equal(
            "pf.conf:1 203.0.113.18:4000 > 1.1.1.1:443",
            Gateway.Apply(ruleset, ruleset.Filter[0], "out wan tcp 10.0.0.2:4000 > 1.1.1.1:443"));
        Assert.Equal(
            "pf.conf:1#2 1.1.1.1:4000 > 10.0.0.2:443",
            Gateway.Apply(ruleset, ruleset.Filter[1], "in wan tcp 1.1.1.1:4000 > 203.0.113.18:443"));
    }

    [Fact]
    public void A_rule_may_translate_both_ends()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            pass in on wan inet proto tcp to port 80 nat-to (dmz:0) port 99 rdr-to { 10.0.0.2 } port 8080
            pass out on wan inet nat-to 203.0.113.3
            """);
        Assert.Equal("pf.conf:1 10.0.0.1:99 > 10.0.0.2:8080", Gateway.Apply(ruleset, ruleset.Filter[0], In));
        Assert.Equal([0, 1], ruleset.Filter.Top.Select(rule => rule.Translation));
        Assert.Null(ruleset.Translations[1].Destination);
    }

    [Theory]
    [InlineData("203.0.113.2", PoolKind.First, false, "203.0.113.2/32")]
    [InlineData("{ 203.0.113.2, 203.0.113.4 }", PoolKind.RoundRobin, false, "203.0.113.2/32 203.0.113.4/32")]
    [InlineData("wan", PoolKind.RoundRobin, false, "203.0.113.2/32 203.0.113.3/32")]
    [InlineData("wan:0", PoolKind.First, false, "203.0.113.2/32")]
    [InlineData("(wan)", PoolKind.RoundRobin, false, "203.0.113.2/32 203.0.113.3/32 2001:db8:1::2/128")]
    [InlineData("(wan:0)", PoolKind.RoundRobin, false, "203.0.113.2/32 2001:db8:1::2/128")]
    [InlineData("(outside) random sticky-address", PoolKind.Random, true, "203.0.113.2/32 203.0.113.3/32 2001:db8:1::2/128")]
    [InlineData("wan:network round-robin", PoolKind.RoundRobin, false, "203.0.113.0/24")]
    [InlineData("203.0.113.0/28 random", PoolKind.Random, false, "203.0.113.0/28")]
    [InlineData("<t> round-robin sticky-address", PoolKind.RoundRobin, true, "<t>")]
    [InlineData("{ 203.0.113.2, <t> }", PoolKind.RoundRobin, false, "203.0.113.2/32 <t>")]
    public void A_pool_has_the_addresses_that_it_names(string pool, PoolKind kind, bool isSticky, string members)
    {
        ResolvedRuleset ruleset = Gateway.Good($"table <t> {{ 10/8 }}\nnat on wan inet from any -> {pool}");
        PoolSpec spec = ruleset.Translations[0].Source!.Pool;
        Assert.Equal((kind, isSticky, members), (spec.Kind, spec.IsSticky, string.Join(' ', spec.Members)));
    }

    [Fact]
    public void The_hash_key_is_the_rules() =>
        Assert.Equal((UInt128)7, Gateway.Good("nat on wan inet from any -> 203.0.113.0/28 source-hash 0x00000000000000000000000000000007")
            .Translations[0].Source!.Pool.HashKey);

    [Fact]
    public void Ports_of_sources_are_the_rules()
    {
        Assert.Equal(PortPolicy.Default, PortsOf(""));
        Assert.Equal(new PortPolicy(new PortRange(1024, 2000)), PortsOf("port 1024:2000"));
        Assert.Equal(new PortPolicy(PortRange.Default, IsStatic: true), PortsOf("static-port"));
        Assert.Equal(new PortPolicy(PortRange.Default, IsEndpointIndependent: true), PortsOf("endpoint-independent"));
        Assert.Equal(new PortPolicy(PortRange.MapE(6, 8, 0x34)), PortsOf("map-e-portset 6/8/0x34"));

        static PortPolicy PortsOf(string options) =>
            Gateway.Good($"nat on wan inet from any -> 203.0.113.2 {options}").Translations[0].Source!.Ports;
    }

    [Fact]
    public void Rules_are_of_their_lists_and_have_ids_and_indices_over_all()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            nat pass on { wan lan } inet from 10/8 tag N -> (wan:0)
            no nat on wan
            rdr pass on wan proto tcp to port 80 -> 10.0.0.2
            rdr on wan proto tcp to port 81 ! tagged N -> 10.0.0.3
            binat on wan from 10.0.0.2 to any -> 203.0.113.3
            pass tagged N label a
            pass out on wan inet nat-to 203.0.113.2 label a
            """);
        Rule[] nat = [.. ruleset.Rules.Nat.Top], rdr = [.. ruleset.Rules.Redirect.Top];
        Assert.Equal(["pf.conf:1", "pf.conf:1#2", "pf.conf:2"], nat.Select(rule => rule.Id));
        Assert.Equal([true, true, false], nat.Select(rule => rule.PassesFilter));
        Assert.Equal([0, 1, Rule.None], nat.Select(rule => rule.Translation));
        Assert.Equal([true, false], rdr.Select(rule => rule.PassesFilter));
        Assert.Equal([2, 3], rdr.Select(rule => rule.Translation));
        Assert.Equal((nat[0].Tag, true), (rdr[1].Tagged, rdr[1].TaggedIsNegated));
        Assert.Equal(ruleset.Rules.BinatOut[0].Id, ruleset.Rules.BinatIn[0].Id);
        Assert.Equal((4, 5), (ruleset.Rules.BinatOut[0].Translation, ruleset.Rules.BinatIn[0].Translation));
        Assert.Equal(["a", "a#2"], ruleset.Filter.Top.Select(rule => rule.Id));
        Assert.Equal(6, ruleset.Filter[1].Translation);
        Assert.Equal(7, ruleset.Translations.Length);
        Assert.Equal((3, 2), (ruleset.NatOrigins.Length, ruleset.RedirectOrigins.Length));
        Assert.Equal((1, 2), (ruleset.BinatOrigins.Length, ruleset.Origins.Length));
        Assert.Equal(RuleOrder.FirstMatch, ruleset.Rules.Nat.Order);
    }

    [Fact]
    public void A_tag_that_nat_sets_is_asked_by_the_filter()
    {
        ResolvedRuleset ruleset = Gateway.Good("nat on wan inet from 10/8 tag N -> (wan:0)\npass out tagged N");
        Assert.Equal(ruleset.Rules.Nat[0].Tag, ruleset.Filter[0].Tagged);
    }

    [Theory]
    [InlineData("nat on wan inet from any -> (lan.20)",
        "pf.conf:1:29: 'lan.20' has no IPv4 address that can be used here: IPv4 packets of this rule are dropped")]
    [InlineData("nat on wan from any -> (dmz)",
        "pf.conf:1:24: 'dmz' has no IPv6 address that can be used here: IPv6 packets of this rule are dropped")]
    [InlineData("rdr on wan inet from any -> 10.0.0.0/24",
        "pf.conf:1:29: of 10.0.0.0/24 only 10.0.0.0 is used: bitmask, random, source-hash or round-robin would use all")]
    [InlineData("nat on wan inet from any -> <gone>",
        "pf.conf:1:29: table <gone> is not defined: it is empty until entries are added to it")]
    public void What_will_hardly_be_meant_is_said(string rule, string warning) =>
        Assert.Equal([warning], Gateway.Resolve(rule).Warnings.Select(one => one.ToString()));

    [Fact]
    public void Names_in_pools_that_are_no_ports_are_refused()
    {
        string error = Assert.Single(Gateway.Errors("nat on wan inet from any -> (wann)"));
        Assert.StartsWith("pf.conf:1:29: there is no port or group 'wann' (did you mean 'wan'?)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pools_follow_when_addresses_change_and_keep_off_link_local_ones()
    {
        ResolvedRuleset before = Gateway.Good("nat on wan from any -> (wan)");
        var moved = new FirewallPorts(new FirewallPort(0, "wan")
        {
            Addresses = [Gateway.Prefix("198.51.100.5/24")], LinkLocal = new Ipv6Address(((UInt128)0xfe80 << 112) | 0x11),
        });
        PoolSpec pool = before.On(moved).Ruleset!.Translations[0].Source!.Pool;
        Assert.Equal("198.51.100.5/32", Assert.Single(pool.Members).ToString());
    }
}
