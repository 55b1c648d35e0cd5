using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What rules take once they are resolved, as packets tell.</summary>
public sealed class MatchTests
{
    public static TheoryData<string> Forms() =>
        [.. RuleForms.Text.Split("\n\n", StringSplitOptions.TrimEntries).Where(form => !form.StartsWith('#'))];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_rule_takes_what_it_says_and_nothing_else(string form)
    {
        string[] lines = form.Split('\n');
        string[] packets = [.. lines.Where(line => line[0] is '+' or '-')];
        Assert.NotEmpty(packets);
        ResolvedRuleset resolved = Gateway.Good(string.Join('\n', lines.Except(packets)));
        foreach (string packet in packets)
        {
            string decision = Gateway.Judge(resolved, packet[1..]);
            Assert.True((decision != "default") == (packet[0] == '+'), $"{packet}: {decision}");
        }
    }

    [Theory]
    [InlineData("in lan udp 192.168.1.5 > 1.1.1.1", "default")]
    [InlineData("in wan udp 192.168.1.5 > 1.1.1.1", "pf.conf:1")]
    [InlineData("in lan udp 192.168.1.1 > 1.1.1.1", "pf.conf:1#3")]
    [InlineData("in wan udp 192.168.2.1 > 1.1.1.1", "pf.conf:1#4")]
    [InlineData("in wan udp 192.168.2.9 > 1.1.1.1", "pf.conf:1#2")]
    public void Antispoof_blocks_a_ports_addresses_elsewhere(string packet, string id) =>
        Assert.Equal(id, Gateway.Judge(Gateway.Good("antispoof for lan"), packet));

    [Theory]
    [InlineData("in lan udp 192.168.2.9 > 1.1.1.1", "default")]
    [InlineData("in wan udp 192.168.2.9 > 1.1.1.1", "S")]
    [InlineData("in lan udp 192.168.2.1 > 1.1.1.1", "S#2")]
    public void Antispoof_of_a_port_in_parentheses_follows_its_addresses(string packet, string id) =>
        Assert.Equal(id, Gateway.Judge(Gateway.Good("antispoof quick for (lan) inet label S"), packet));

    [Fact]
    public void The_last_match_wins_and_quick_ends_it()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            block label A
            pass from 10/8 label B
            block quick from 10.1/16 label C
            pass from 10.1.1/24 label D
            """);
        Assert.Equal("A", Gateway.Judge(ruleset, "in lan udp 1.1.1.1 > 2.2.2.2"));
        Assert.Equal("B", Gateway.Judge(ruleset, "in lan udp 10.2.1.1 > 2.2.2.2"));
        Assert.Equal("C", Gateway.Judge(ruleset, "in lan udp 10.1.1.1 > 2.2.2.2"));
    }

    [Fact]
    public void The_rules_of_an_anchor_are_asked_where_it_stands()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            block
            anchor "outer" on lan {
              pass from 192.168.1.0/24
              anchor quick proto udp {
                block proto udp to port 53 label dns
              }
              pass to 9.9.9.9 label late
            }
            """);
        Assert.Equal(6, ruleset.Filter.Count);
        Assert.Equal(6, ruleset.Origins.Length);
        Assert.Equal("pf.conf:1", Gateway.Judge(ruleset, "in wan udp 192.168.1.7:1 > 1.1.1.1:53"));
        Assert.Equal("pf.conf:3", Gateway.Judge(ruleset, "in lan udp 192.168.1.7:1 > 1.1.1.1:54"));
        Assert.Equal("dns", Gateway.Judge(ruleset, "in lan udp 192.168.1.7:1 > 9.9.9.9:53"));
        Assert.Equal("late", Gateway.Judge(ruleset, "in lan udp 192.168.1.7:1 > 9.9.9.9:54"));
    }

    [Fact]
    public void A_table_has_what_its_files_have_beside_what_the_ruleset_says()
    {
        RulesetTexts files = new RulesetTexts()
            .With("lists/bad.txt", "# bad hosts\n198.51.100.7\n!198.51.100.8 2001:db8:bad::/48\n")
            .With("lists/rules.conf", "table <bad> persist file \"bad.txt\" { 198.51.0.0/16 }\nblock from <bad>\n");
        ResolvedRuleset ruleset = Gateway.Good("include \"lists/rules.conf\"", files);
        Assert.Equal(
            ["198.51.0.0/16", "198.51.100.7/32", "! 198.51.100.8/32", "2001:db8:bad::/48"],
            ruleset.Tables[0].Contents.Entries().Select(entry => entry.ToString()));
        Assert.Equal("lists/rules.conf:2", Gateway.Judge(ruleset, "in lan udp 198.51.1.1 > 2.2.2.2"));
        Assert.Equal("default", Gateway.Judge(ruleset, "in lan udp 198.51.100.8 > 2.2.2.2"));
    }

    [Fact]
    public void What_stands_in_parentheses_follows_when_addresses_change_and_tables_stay()
    {
        ResolvedRuleset before = Gateway.Good("table <t> { 10.0.0.9 }\npass to (wan)\npass from <t>");
        var moved = new FirewallPorts(new FirewallPort(0, "wan") { Addresses = [Gateway.Prefix("198.51.100.5/24")] });
        before.Tables[0].Contents.Add(new TableEntry(Gateway.Prefix("10.0.0.10/32")));
        ResolutionResult result = before.On(moved);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        ResolvedRuleset after = result.Ruleset!;
        Assert.Equal("pf.conf:2", Gateway.Judge(after, "in wan udp 1.1.1.1 > 198.51.100.5"));
        Assert.Equal("default", Gateway.Judge(after, "in wan udp 1.1.1.1 > 203.0.113.2"));
        Assert.Equal("pf.conf:3", Gateway.Judge(after, "in wan udp 10.0.0.10 > 1.1.1.1"));
        Assert.Same(before.Tables[0].Contents, after.Tables[0].Contents);
        Assert.Equal(before.Digest, after.Digest);
    }

    [Theory]
    [InlineData("pass to (lan)", "in lan icmpv6 fe80::9 > fe80::aa", true)]
    [InlineData("pass to (lan)", "in lan icmpv6 fe80::9 > fe80::ab", false)]
    [InlineData("pass to (lan:0)", "in lan icmpv6 fe80::9 > fe80::aa", false)]
    [InlineData("pass to (lan:network)", "in lan icmpv6 fe80::9 > fe80::aa", false)]
    [InlineData("pass to (self)", "in lan icmpv6 fe80::9 > fe80::aa", true)]
    [InlineData("pass inet6 from ! (self)", "in lan icmpv6 fe80::aa > ff02::1", false)]
    [InlineData("pass inet6 from ! (self)", "in lan icmpv6 fe80::ab > ff02::1", true)]
    [InlineData("antispoof for (lan)", "in lan icmpv6 fe80::aa > ff02::1", true)]
    [InlineData("antispoof for (lan)", "in lan icmpv6 fe80::ab > ff02::1", false)]
    public void A_link_local_address_is_its_ports_once_it_is_known(string rule, string packet, bool matches)
    {
        ResolvedRuleset before = Gateway.Good(rule);
        FirewallPorts known = before.Ports.With(port =>
            port.Name == "lan" ? port with { LinkLocal = new Ipv6Address(((UInt128)0xfe80 << 112) | 0xaa) } : port);
        ResolvedRuleset after = before.On(known).Ruleset!;
        Assert.Equal(matches, Gateway.Judge(after, packet) != "default");
        Assert.Same(known, after.Ports);
    }
}
