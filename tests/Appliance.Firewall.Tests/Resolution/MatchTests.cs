using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Each form of a rule, and packets that it takes (+) and leaves (-): the rule decides, or no rule does.</summary>
public sealed class MatchTests
{
    [Theory]

    // Ports and groups
    [InlineData("pass on lan", "+in lan udp 1.1.1.1 > 2.2.2.2", "+out lan udp 1.1.1.1 > 2.2.2.2", "-in wan udp 1.1.1.1 > 2.2.2.2", "-in lan.20 udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on lan.20", "+in lan.20 udp 1.1.1.1 > 2.2.2.2", "-in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on inside", "+in lan udp 1.1.1.1 > 2.2.2.2", "+in dmz udp 1.1.1.1 > 2.2.2.2", "-in wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on ! lan", "-in lan udp 1.1.1.1 > 2.2.2.2", "+in wan udp 1.1.1.1 > 2.2.2.2", "+in lan.20 udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on ! inside", "-in lan udp 1.1.1.1 > 2.2.2.2", "-in dmz udp 1.1.1.1 > 2.2.2.2", "+in wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on { wan dmz }", "+in wan udp 1.1.1.1 > 2.2.2.2", "+in dmz udp 1.1.1.1 > 2.2.2.2", "-in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on lo0", "-in lan udp 1.1.1.1 > 2.2.2.2", "-out wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass on ! lo", "+in lan udp 1.1.1.1 > 2.2.2.2", "+out wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass out received-on lan", "+out wan udp 1.1.1.1 > 2.2.2.2 via lan", "-out wan udp 1.1.1.1 > 2.2.2.2 via dmz", "-out wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass out ! received-on inside", "-out wan udp 1.1.1.1 > 2.2.2.2 via lan", "-out wan udp 1.1.1.1 > 2.2.2.2 via dmz", "+out wan udp 1.1.1.1 > 2.2.2.2")]

    // Direction, family, protocol
    [InlineData("pass in", "+in lan udp 1.1.1.1 > 2.2.2.2", "-out lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass out", "-in lan udp 1.1.1.1 > 2.2.2.2", "+out lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass inet6", "+in lan udp 2001:db8::1 > 2001:db8::2", "-in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass proto { tcp udp }", "+in lan udp 1.1.1.1 > 2.2.2.2", "+in lan tcp 1.1.1.1 > 2.2.2.2 flags S", "-in lan icmp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass proto esp", "+in lan esp 1.1.1.1 > 2.2.2.2", "-in lan udp 1.1.1.1 > 2.2.2.2")]

    // Addresses
    [InlineData("pass from 192.168.1.10", "+in lan udp 192.168.1.10 > 2.2.2.2", "-in lan udp 192.168.1.11 > 2.2.2.2")]
    [InlineData("pass to 10/8", "+in lan udp 1.1.1.1 > 10.255.0.1", "-in lan udp 1.1.1.1 > 11.0.0.1", "-in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("pass from ! 10/8", "-in lan udp 10.1.1.1 > 2.2.2.2", "+in lan udp 11.1.1.1 > 2.2.2.2", "-in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("pass from 10.0.0.5 - 10.0.1.2", "+in lan udp 10.0.0.5 > 2.2.2.2", "+in lan udp 10.0.1.2 > 2.2.2.2", "-in lan udp 10.0.0.4 > 2.2.2.2", "-in lan udp 10.0.1.3 > 2.2.2.2")]
    [InlineData("pass from 0.0.0.0/0", "+in lan udp 10.1.1.1 > 2.2.2.2", "-in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("pass from any to any", "+in lan udp 10.1.1.1 > 2.2.2.2", "+in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("pass from 2001:db8:1::/48", "+in lan udp 2001:db8:1:ffff::1 > 2001:db8::2", "-in lan udp 2001:db8:2::1 > 2001:db8::2")]
    [InlineData("pass from { 10.0.0.1, 2001:db8::1 }", "+in lan udp 10.0.0.1 > 2.2.2.2", "+in lan udp 2001:db8::1 > 2001:db8::2", "-in lan udp 10.0.0.2 > 2.2.2.2")]
    [InlineData("pass to no-route", "+in lan udp 1.1.1.1 > 198.18.0.1", "-in lan udp 1.1.1.1 > 198.20.0.1")]
    [InlineData("pass to ! no-route", "-in lan udp 1.1.1.1 > 198.18.0.1", "+in lan udp 1.1.1.1 > 198.20.0.1")]
    [InlineData("pass from urpf-failed", "+in wan udp 192.168.1.7 > 2.2.2.2", "-in lan udp 192.168.1.7 > 2.2.2.2", "+in lan udp 10.0.0.1 > 2.2.2.2")]

    // Addresses of ports, as they were when the ruleset was read
    [InlineData("pass to lan", "+in lan udp 1.1.1.1 > 192.168.1.1", "+in lan udp 1.1.1.1 > 192.168.2.1", "-in lan udp 1.1.1.1 > 192.168.1.2")]
    [InlineData("pass from lan:network", "+in lan udp 192.168.1.77 > 1.1.1.1", "+in lan udp 192.168.2.77 > 1.1.1.1", "-in lan udp 192.168.3.1 > 1.1.1.1")]
    [InlineData("pass to lan:broadcast", "+in lan udp 1.1.1.1 > 192.168.1.255", "-in lan udp 1.1.1.1 > 192.168.1.1")]
    [InlineData("pass to lan:0", "+in lan udp 1.1.1.1 > 192.168.1.1", "-in lan udp 1.1.1.1 > 192.168.2.1")]
    [InlineData("pass to inside", "+in lan udp 1.1.1.1 > 192.168.1.1", "+in lan udp 1.1.1.1 > 10.0.0.1", "-in lan udp 1.1.1.1 > 203.0.113.2")]
    [InlineData("pass to self", "+in lan udp 1.1.1.1 > 203.0.113.3", "+in lan udp 1.1.1.1 > 10.0.0.1", "+in lan udp 1.1.1.1 > 127.0.0.1", "+in wan udp 2001:db8::1 > 2001:db8:1::2", "-in lan udp 1.1.1.1 > 10.0.0.2")]
    [InlineData("pass to ! lan:network", "+in lan udp 1.1.1.1 > 8.8.8.8", "+in lan udp 1.1.1.1 > 192.168.1.9", "-in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("pass to wan", "+in wan udp fe80::1 > fe80::11", "-in lan udp fe80::1 > fe80::11", "+in lan udp 2001:db8::1 > 2001:db8:1::2")]

    // Addresses of ports, as they are when a packet comes
    [InlineData("pass to (lan)", "+in lan udp 1.1.1.1 > 192.168.1.1", "+in lan udp 1.1.1.1 > 192.168.2.1", "-in lan udp 1.1.1.1 > 192.168.1.2")]
    [InlineData("pass to (wan)", "+in wan udp 1.1.1.1 > 203.0.113.2", "+in wan udp 2001:db8::1 > 2001:db8:1::2", "+in lan udp fe80::1 > fe80::11", "-in wan udp 2001:db8::1 > 2001:db8:1::3")]
    [InlineData("pass inet to (wan)", "+in wan udp 1.1.1.1 > 203.0.113.2", "-in wan udp 2001:db8::1 > 2001:db8:1::2")]
    [InlineData("pass to ! (wan)", "-in wan udp 1.1.1.1 > 203.0.113.2", "-in wan udp 2001:db8::1 > 2001:db8:1::2", "+in wan udp 2001:db8::1 > 2001:db8:1::3", "+in wan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass from (lan:network)", "+in lan udp 192.168.2.77 > 1.1.1.1", "-in lan udp 192.168.3.1 > 1.1.1.1")]
    [InlineData("pass from (wan:network)", "+in wan udp 203.0.113.99 > 1.1.1.1", "+in wan udp 2001:db8:1::99 > 2001:db8::1", "-in wan udp fe80::99 > fe80::1")]
    [InlineData("pass to (lan:broadcast)", "+in lan udp 1.1.1.1 > 192.168.2.255", "-in lan udp 1.1.1.1 > 192.168.1.1")]
    [InlineData("pass to (wan:0)", "+in wan udp 1.1.1.1 > 203.0.113.2", "-in wan udp 1.1.1.1 > 203.0.113.3", "-in wan udp fe80::1 > fe80::11")]
    [InlineData("pass to (wan:peer)", "-in wan udp 1.1.1.1 > 203.0.113.2", "-in wan udp 1.1.1.1 > 203.0.113.1")]
    [InlineData("pass to (inside)", "+in lan udp 1.1.1.1 > 192.168.2.1", "+in lan udp 1.1.1.1 > 10.0.0.1", "-in lan udp 1.1.1.1 > 203.0.113.2")]
    [InlineData("pass to (dmz)/16", "+in lan udp 1.1.1.1 > 10.0.255.1", "-in lan udp 1.1.1.1 > 10.1.0.1")]
    [InlineData("pass to (self)", "+in lan udp 1.1.1.1 > 203.0.113.3", "+in lan udp 1.1.1.1 > 127.0.0.1", "-in lan udp 1.1.1.1 > 10.0.0.2")]
    [InlineData("pass to (lan.20)", "-in lan udp 1.1.1.1 > 10.0.0.2")]
    [InlineData("pass to ! (lan.20)", "+in lan udp 1.1.1.1 > 10.0.0.2")]

    // Ports of protocols
    [InlineData("pass proto udp to port 53", "+in lan udp 1.1.1.1:9 > 2.2.2.2:53", "-in lan udp 1.1.1.1:53 > 2.2.2.2:9", "-in lan tcp 1.1.1.1:9 > 2.2.2.2:53 flags S")]
    [InlineData("pass proto udp from port != 53", "+in lan udp 1.1.1.1:9 > 2.2.2.2:53", "-in lan udp 1.1.1.1:53 > 2.2.2.2:9")]
    [InlineData("pass proto udp to port < 10", "+in lan udp 1.1.1.1:9 > 2.2.2.2:9", "-in lan udp 1.1.1.1:9 > 2.2.2.2:10")]
    [InlineData("pass proto udp to port <= 10", "+in lan udp 1.1.1.1:9 > 2.2.2.2:10", "-in lan udp 1.1.1.1:9 > 2.2.2.2:11")]
    [InlineData("pass proto udp to port > 10", "+in lan udp 1.1.1.1:9 > 2.2.2.2:11", "-in lan udp 1.1.1.1:9 > 2.2.2.2:10")]
    [InlineData("pass proto udp to port >= 10", "+in lan udp 1.1.1.1:9 > 2.2.2.2:10", "-in lan udp 1.1.1.1:9 > 2.2.2.2:9")]
    [InlineData("pass proto udp to port 10:20", "+in lan udp 1.1.1.1:9 > 2.2.2.2:10", "+in lan udp 1.1.1.1:9 > 2.2.2.2:20", "-in lan udp 1.1.1.1:9 > 2.2.2.2:21")]
    [InlineData("pass proto udp to port 10 >< 20", "+in lan udp 1.1.1.1:9 > 2.2.2.2:11", "-in lan udp 1.1.1.1:9 > 2.2.2.2:10", "-in lan udp 1.1.1.1:9 > 2.2.2.2:20")]
    [InlineData("pass proto udp to port 10 <> 20", "+in lan udp 1.1.1.1:9 > 2.2.2.2:9", "+in lan udp 1.1.1.1:9 > 2.2.2.2:21", "-in lan udp 1.1.1.1:9 > 2.2.2.2:10")]

    // Flags, ICMP, tos, fragments
    [InlineData("pass proto tcp", "+in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S", "-in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags SA", "-in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A")]
    [InlineData("pass proto tcp no state", "+in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S", "+in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A")]
    [InlineData("pass proto tcp flags any", "+in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags FPU")]
    [InlineData("pass", "+in lan udp 1.1.1.1:9 > 2.2.2.2:9", "-in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A")]
    [InlineData("block proto tcp flags /SFRA", "+in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags P", "-in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S")]
    [InlineData("pass inet proto icmp icmp-type echoreq", "+in lan icmp 1.1.1.1 > 2.2.2.2 type 8/0", "-in lan icmp 1.1.1.1 > 2.2.2.2 type 0/0")]
    [InlineData("pass inet proto icmp icmp-type 3 code 4", "+in lan icmp 1.1.1.1 > 2.2.2.2 type 3/4", "-in lan icmp 1.1.1.1 > 2.2.2.2 type 3/1")]
    [InlineData("pass inet6 proto icmp6 icmp6-type neighbrsol", "+in lan icmpv6 fe80::1 > fe80::2 type 135/0", "-in lan icmpv6 fe80::1 > fe80::2 type 136/0")]
    [InlineData("pass tos 0x10", "+in lan udp 1.1.1.1 > 2.2.2.2 tos 16", "-in lan udp 1.1.1.1 > 2.2.2.2 tos 0")]
    [InlineData("pass tos 0", "+in lan udp 1.1.1.1 > 2.2.2.2 tos 16", "+in lan udp 1.1.1.1 > 2.2.2.2 tos 0")]
    [InlineData("pass fragment", "+in lan udp 1.1.1.1 > 2.2.2.2 fragment", "-in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass probability 100%", "+in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass probability 0%", "-in lan udp 1.1.1.1 > 2.2.2.2")]

    // Tags
    [InlineData("pass tagged GOOD", "+in lan udp 1.1.1.1 > 2.2.2.2 tag GOOD", "-in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("pass ! tagged GOOD", "-in lan udp 1.1.1.1 > 2.2.2.2 tag GOOD", "+in lan udp 1.1.1.1 > 2.2.2.2")]
    [InlineData("match from 10/8 tag A\nmatch from 10.1/16 tag B\npass tagged A", "+in lan udp 10.2.0.1 > 2.2.2.2", "-in lan udp 10.1.0.1 > 2.2.2.2")]

    // Tables
    [InlineData("table <t> { 10/8, ! 10.1/16, 10.1.2.3, 2001:db8::/32 }\npass from <t>", "+in lan udp 10.2.0.1 > 2.2.2.2", "-in lan udp 10.1.0.1 > 2.2.2.2", "+in lan udp 10.1.2.3 > 2.2.2.2", "+in lan udp 2001:db8::1 > 2001:db8::2")]
    [InlineData("table <t> { 10/8 }\npass from ! <t>", "-in lan udp 10.2.0.1 > 2.2.2.2", "+in lan udp 11.1.0.1 > 2.2.2.2")]
    [InlineData("table <t> { self }\npass to <t>", "+in lan udp 1.1.1.1 > 203.0.113.2", "+in lan udp 1.1.1.1 > 127.0.0.1", "-in lan udp 1.1.1.1 > 203.0.113.4")]
    [InlineData("table <t> { lan:network }\npass to <t>", "+in lan udp 1.1.1.1 > 192.168.2.9", "-in lan udp 1.1.1.1 > 192.168.3.9")]
    [InlineData("table <t> { 10.1.1.1, ! 10.1.1.1 }\npass to <t>", "+in lan udp 1.1.1.1 > 10.1.1.1")]
    [InlineData("table <t> { 10/8 }\ntable <t> { 11/8 }\npass to <t>", "+in lan udp 1.1.1.1 > 11.1.1.1", "-in lan udp 1.1.1.1 > 10.1.1.1")]
    [InlineData("pass to <nobody>", "-in lan udp 1.1.1.1 > 11.1.1.1")]
    [InlineData("pass to ! <nobody>", "+in lan udp 1.1.1.1 > 11.1.1.1")]
    public void A_rule_takes_what_it_says_and_nothing_else(string ruleset, params string[] packets)
    {
        ResolvedRuleset resolved = Gateway.Good(ruleset);
        foreach (string packet in packets)
        {
            string decision = Gateway.Judge(resolved, packet[1..]);
            Assert.True((decision != "default") == (packet[0] == '+'), $"{ruleset}: {packet}: {decision}");
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
        ResolvedRuleset ruleset = Gateway.Good("block label A\npass from 10/8 label B\nblock quick from 10.1/16 label C\npass from 10.1.1/24 label D");
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
}
