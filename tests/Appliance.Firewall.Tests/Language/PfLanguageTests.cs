using Appliance.Firewall.Language;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

/// <summary>What pfctl's own tests leave open: each line as pf.conf(5) and pfctl's printing have it.</summary>
public sealed class PfLanguageTests
{
    [Theory]
    [InlineData("nat on em0 inet from 10/8 to any -> (em0:0)", "nat on em0 inet from 10.0.0.0/8 to any -> (em0:0)")]
    [InlineData("nat pass log on em0 inet all -> 1.2.3.4 port 1024:2000 sticky-address",
        "nat pass log on em0 inet all -> 1.2.3.4 port 1024:2000 sticky-address")]
    [InlineData("rdr on em0 proto tcp to any port 1000:2000 -> 10.0.0.1 port 3000:*",
        "rdr on em0 inet proto tcp from any to any port 1000:2000 -> 10.0.0.1 port 3000:4000")]
    [InlineData("binat on em0 from 10.0.0.5 to any -> 1.2.3.5", "binat on em0 inet from 10.0.0.5 to any -> 1.2.3.5")]
    [InlineData("binat on em0 inet6 from any -> fc00::/64", "binat on em0 inet6 all -> fc00::/64")]
    [InlineData("binat on em0 inet6 all -> fc00::/64", "binat on em0 inet6 all -> fc00::/64")]
    [InlineData("rdr-anchor \"x/*\" on em0 proto tcp to port 21", "rdr-anchor \"x/*\" on em0 proto tcp from any to any port = ftp")]
    [InlineData("scrub in on em0 all fragment no reassemble no-df max-mss 1440",
        "scrub in on em0 all no-df max-mss 1440 fragment no reassemble")]
    [InlineData("match in all scrub (no-df max-mss 1440 reassemble tcp)", "match in all scrub (no-df reassemble tcp max-mss 1440)")]
    [InlineData("match log(matches) inet proto tcp", "match log (matches) inet proto tcp all")]
    [InlineData("pass in proto tcp to port 22 flags any max-pkt-rate 100/10",
        "pass in proto tcp from any to any port = ssh flags any max-pkt-rate 100/10 keep state")]
    [InlineData("pass out ! received-on em1", "pass out all !received-on em1 flags S/SA keep state")]
    [InlineData("pass in from urpf-failed to ! <t> ! tagged x", "pass in from urpf-failed to ! <t> flags S/SA keep state ! tagged x")]
    [InlineData("pass in proto tcp keep state (max 100, source-track, if-bound)",
        "pass in proto tcp all flags S/SA keep state (max 100, source-track global, if-bound, adaptive.start 60, adaptive.end 120)")]
    [InlineData("pass in on em0 route-to { (em1 10.0.0.1) (em2 10.0.1.1) } inet",
        "pass in on em0 route-to { (em1 10.0.0.1), (em2 10.0.1.1) } round-robin inet all flags S/SA keep state")]
    [InlineData("pass in on e route-to (f 192.0.2.2) inet6 to 64:ff9b::/96 af-to inet from (f)",
        "pass in on e route-to (f 192.0.2.2) inet6 from any to 64:ff9b::/96 flags S/SA keep state af-to inet from (f) round-robin")]
    [InlineData("pass inet proto tcp from any os \"Linux\" to self port { >= 80 }",
        "pass inet proto tcp from any os \"Linux\" to 127.0.0.1 port >= 80 flags S/SA keep state")]
    [InlineData("block return in log (all, to pflog1) on ! em0 inet6 proto icmp6 icmp6-type unreach code admin-unr",
        "block return in log (all, to pflog1) on ! em0 inet6 proto ipv6-icmp all icmp6-type unreach code admin-unr")]
    [InlineData("table <t> persist { 10.0.0.1, !10.0.0.2/24 } { lo0:network }",
        "table <t> persist { 10.0.0.1 !10.0.0.0/24 ::1 127.0.0.0/8 }")]
    [InlineData("set reassemble yes no-df", "set reassemble yes no-df")]
    [InlineData("set skip on { lo0 em1 }", "set skip on { lo0 em1 }")]
    [InlineData("ether block out on igb0 to 00:01:02:03:04:05/24", "ether block out on igb0 to 00:01:02:03:04:05/24 l3 all")]
    public void A_statement_is_printed_as_pfctl_prints_it(string statement, string printed) => Assert.Equal([printed], Lines(statement));

    [Fact]
    public void Antispoof_blocks_the_networks_elsewhere_and_the_own_addresses_everywhere() => Assert.Equal(
        [
            "block drop in quick on ! lo0 inet6 from ::1 to any",
            "block drop in quick on ! lo0 inet from 127.0.0.0/8 to any",
            "block drop in quick on ! em0 from (em0:network) to any",
            "block drop in quick from (em0) to any",
        ], Lines("antispoof quick for { lo0, (em0) }"));

    [Fact]
    public void Binat_to_is_a_rule_of_each_direction() => Assert.Equal(
        [
            "match out on lo0 inet from 192.168.1.1 to any nat-to 10.0.0.1 static-port",
            "match in on lo0 inet from any to 10.0.0.1 rdr-to 192.168.1.1",
        ], Lines("match on lo0 from 192.168.1.1 to any binat-to 10.0.0.1"));

    [Fact]
    public void Rules_are_printed_by_kind_translation_first() => Assert.Equal(
        ["set require-order no", "nat on em0 inet all -> 10.0.0.1", "rdr on em0 inet all -> 10.0.0.2", "pass all flags S/SA keep state"],
        Lines("set require-order no\npass\nrdr on em0 inet all -> 10.0.0.2\nnat on em0 inet all -> 10.0.0.1"));

    [Fact]
    public void A_macro_is_replaced_outside_quotes_and_joins_what_follows() => Assert.Equal(
        [
            "if = \"lo0\"", "both = \"{ lo0 em1 }\"", "pass inet from 127.0.0.0/8 to any flags S/SA keep state label \"any\"",
            "block drop on lo0 all", "block drop on em1 all",
        ], Lines("if = lo0\nboth = \"{\" $if \"em1 }\"\npass inet from $if:network label \"$if\"\nblock on $both"));

    [Fact]
    public void A_rule_keeps_what_the_engine_needs()
    {
        PfRuleset ruleset = Ruleset(
            "pass in quick on em0 inet proto tcp from <t> to (em0) port 80 rdr-to 10.0.0.1 port 8080 tag web label w");
        PfRule rule = Assert.Single(ruleset.Rules.Filter);
        Assert.Equal(("edge", 1, 1), (rule.Position.File, rule.Position.Line, rule.Position.Column));
        Assert.Equal((PfAction.Pass, RuleDirection.In, true, AddressFamily.Inet), (rule.Action, rule.Direction, rule.Quick, rule.Family));
        Assert.Equal((HostKind.Table, "t"), (rule.Source.Host.Kind, rule.Source.Host.Name));
        Assert.Equal((HostKind.Interface, "em0"), (rule.Destination.Host.Kind, rule.Destination.Host.Name));
        Assert.Equal(new PortMatch(MatchOperator.Equal, 80, 0), rule.Destination.Port);
        Assert.Equal(new PoolPorts(8080, 0), rule.Translation!.Destination!.Ports);
        Assert.Equal((TcpFlagsMatch.SynOfSynAck, StateKind.Keep), (rule.Flags, rule.State));
        Assert.Equal("web", rule.Tag);
        Assert.Equal("w", Assert.Single(rule.Labels));
    }

    internal static PfParseResult Parse(string text) => PfRulesetParser.Parse("edge", new TextFiles().With("edge", text));

    private static PfRuleset Ruleset(string text)
    {
        PfParseResult result = Parse(text);
        Assert.Empty(result.Errors);
        return result.Ruleset!;
    }

    private static IEnumerable<string> Lines(string text) => Ruleset(text).Lines;
}
