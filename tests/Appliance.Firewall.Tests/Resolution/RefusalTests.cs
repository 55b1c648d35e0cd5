using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What is refused, in which words and where.</summary>
public sealed class RefusalTests
{
    /// <summary>Each statement stands in line 2.</summary>
    [Theory]
    [InlineData("scrub in all", "'scrub'")]
    [InlineData("no scrub in all", "'scrub'")]
    [InlineData("match in scrub (max-mss 1440)", "'scrub'")]
    [InlineData("nat-anchor \"ftp/*\"", "an anchor whose rules are loaded from elsewhere")]
    [InlineData("pass in on lan inet6 to 64:ff9b::/96 af-to inet from 203.0.113.2", "'af-to'")]
    [InlineData("pass in on wan inet dup-to (lan 192.168.1.9)", "'dup-to'")]
    [InlineData("pass in on lan inet route-to (wan 2001:db8:1::9) prefer-ipv6-nexthop", "'prefer-ipv6-nexthop'")]
    [InlineData("anchor \"relayd/*\"", "an anchor whose rules are loaded from elsewhere")]
    [InlineData("anchor \"a\" { anchor \"b\" }", "an anchor whose rules are loaded from elsewhere")]
    [InlineData("load anchor \"a\" from \"a.conf\"", "'load anchor'")]
    [InlineData("block in proto tcp from any os \"Windows\"", "'os'")]
    [InlineData("pass out proto tcp user root", "'user'")]
    [InlineData("pass out proto tcp group wheel", "'group'")]
    [InlineData("pass in max-pkt-rate 100/10", "'max-pkt-rate'")]
    [InlineData("pass in max-pkt-size 1000", "'max-pkt-size'")]
    [InlineData("pass in prio 3", "'prio'")]
    [InlineData("pass in set prio 3", "'set prio'")]
    [InlineData("pass in set tos lowdelay", "'set tos'")]
    [InlineData("pass in proto tcp modulate state", "'modulate state'")]
    [InlineData("pass in proto tcp synproxy state", "'synproxy state'")]
    [InlineData("pass in keep state (pflow)", "'pflow'")]
    [InlineData("pass in once", "'once'")]
    [InlineData("pass in rtable 1", "'rtable'")]
    [InlineData("pass in queue web", "'queue'")]
    [InlineData("pass in dnpipe 1", "'dnpipe'")]
    [InlineData("pass in dnqueue 1", "'dnqueue'")]
    [InlineData("pass in proto tcp divert-to 127.0.0.1 port 700", "'divert-to'")]
    [InlineData("ether pass in proto 0x0806", "'ether'")]
    [InlineData("altq on wan cbq bandwidth 10Mb queue { std }", "'altq'")]
    [InlineData("state limiter l id 1 limit 10", "'state limiter'")]
    [InlineData("source limiter l id 1 limit 10 entries 10", "'source limiter'")]
    [InlineData("set reassemble yes", "'set reassemble yes'")]
    [InlineData("set syncookies always", "'set syncookies' but never")]
    [InlineData("set fail-policy return", "'set fail-policy return'")]
    [InlineData("set keepcounters", "'set keepcounters'")]
    public void What_is_not_done_yet_is_refused_by_name_and_place(string statement, string name)
    {
        string line = statement.StartsWith("anchor \"a\" {", StringComparison.Ordinal) ? "3:1" : "2:1";
        string text = statement.Replace("{ anchor \"b\" }", "{\nanchor \"b\"\n}", StringComparison.Ordinal);
        Assert.Equal([$"pf.conf:{line}: this version does not do {name} yet"], Gateway.Errors($"# a comment\n{text}\n"));
    }

    [Theory]
    [InlineData("nat on wan from 10/8 -> 203.0.113.2")]
    [InlineData("no rdr on wan")]
    [InlineData("binat on wan from 10.0.0.2 to any -> 203.0.113.3")]
    public void Translation_rules_within_an_anchor_are_refused(string rule) =>
        Assert.Equal(
            ["pf.conf:3:1: this version does not do 'nat', 'rdr' and 'binat' within an anchor yet"],
            Gateway.Errors($"set require-order no\nanchor {{\n{rule}\n}}\n"));

    [Fact]
    public void Every_statement_is_told_each_of_its_reasons_once()
    {
        string[] errors = Gateway.Errors(
            """
            pass in on { lan dmz wan } inet proto { tcp udp } prio 3 once
            pass in on { lan
              dmz } prio 3
            pass in proto tcp keep state (max-src-conn 9, overload <t> flush, pflow)
            """);
        Assert.Equal(
            [
                "pf.conf:1:1: this version does not do 'prio' yet",
                "pf.conf:1:1: this version does not do 'once' yet",
                "pf.conf:2:1: this version does not do 'prio' yet",
                "pf.conf:4:1: this version does not do 'pflow' yet",
            ],
            errors);
    }

    [Theory]
    [InlineData("pass on lann", "pf.conf:1:9: there is no port or group 'lann' (did you mean 'lan'?)")]
    [InlineData("pass on { lan, outsdie }", "pf.conf:1:16: there is no port or group 'outsdie' (did you mean 'outside'?)")]
    [InlineData("pass on ! em0", "pf.conf:1:11: there is no port or group 'em0'")]
    [InlineData("pass out received-on wna", "pf.conf:1:22: there is no port or group 'wna' (did you mean 'wan'?)")]
    [InlineData("pass to (wnn)", "pf.conf:1:9: there is no port or group 'wnn' (did you mean 'wan'?)")]
    [InlineData("pass to { (wan) (dmy:network) }", "pf.conf:1:17: there is no port or group 'dmy' (did you mean 'dmz'?)")]
    [InlineData("set skip on lo1", "pf.conf:1:13: there is no port or group 'lo1'")]
    [InlineData("set loginterface wann", "pf.conf:1:1: there is no port or group 'wann' (did you mean 'wan'?)")]
    [InlineData("pass in on lan inet route-to (wna 203.0.113.1)", "pf.conf:1:21: there is no port or group 'wna' (did you mean 'wan'?)")]
    [InlineData("antispoof for (dmzz)", "pf.conf:1:16: there is no port or group 'dmzz' (did you mean 'dmz'?)")]
    [InlineData("anchor on lann {\npass\n}", "pf.conf:1:11: there is no port or group 'lann' (did you mean 'lan'?)")]
    public void A_name_that_is_no_port_or_group_is_refused_with_the_nearest(string ruleset, string error) =>
        Assert.Equal([$"{error}; expected a name under 'ports' of the configuration, or one of 'groups'"], Gateway.Errors(ruleset));

    [Theory]
    [InlineData("lann", "no IP address found for lann (did you mean 'lan'?)")]
    [InlineData("wna:network", "no IP address found for wna:network (did you mean 'wan'?)")]
    [InlineData("lan.20", "no IP address found for lan.20")]
    [InlineData("10.0.0.300", "no IP address found for 10.0.0.300")]
    public void A_name_that_is_no_address_either_is_refused_with_the_nearest(string host, string error) =>
        Assert.Equal([$"pf.conf:1:11: could not parse host specification: {error}"], Gateway.Errors($"pass from {host}"));

    [Theory]
    [InlineData("pass from 10.0.0.9 - 10.0.0.8",
        "pf.conf:1:11: the range 10.0.0.9 - 10.0.0.8 ends before it begins: expected the lower address first")]
    [InlineData("pass tos 0x11", "pf.conf:1:1: tos 0x11 would match nothing: its lower two bits are ECN's and not compared; expected 0x10")]
    [InlineData("pass in on lan inet route-to (inside 10.0.0.9)",
        "pf.conf:1:21: packets leave by a port, and 'inside' is none: expected a port's name")]
    [InlineData("pass in on lan inet route-to (lo0 127.0.0.1)",
        "pf.conf:1:21: packets leave by a port, and 'lo0' is none: expected a port's name")]
    [InlineData("set limit states 0", "pf.conf:1:1: limit states 0: expected 1 to 50000000")]
    [InlineData("set limit src-nodes 0", "pf.conf:1:1: limit src-nodes 0: expected 1 to 1048576")]
    [InlineData("set limit src-nodes 1048577", "pf.conf:1:1: limit src-nodes 1048577: expected 1 to 1048576")]
    [InlineData("set limit states 50000001", "pf.conf:1:1: limit states 50000001: expected 1 to 50000000")]
    [InlineData("set timeout tcp.first 3000000000", "pf.conf:1:1: timeout tcp.first 3000000000: expected at most 2147483647")]
    [InlineData("set limit table-entries 2\ntable <a> { 10.0.0.1 10.0.0.2 }\ntable <b> { 10.0.0.3 }",
        "pf.conf:3:1: table <b>: with its entries there are more than 2 in tables; 'set limit table-entries' allows more")]
    [InlineData("set limit table-entries 2\ntable <a> { 10.0.0.1 10.0.0.2 10.0.0.3 }",
        "pf.conf:2:1: table <a>: with its entries there are more than 2 in tables; 'set limit table-entries' allows more")]
    public void What_cannot_be_is_refused_where_it_stands(string ruleset, string error) => Assert.Equal([error], Gateway.Errors(ruleset));

    [Fact]
    public void A_ruleset_is_taken_whole_or_not_at_all_and_every_error_is_told_in_the_order_of_the_text()
    {
        ResolutionResult result = Gateway.Resolve(
            "set limit states 0\npass in on lan\npass on lann\npass to (wnn)\npass once\nblock tos 3\n");
        Assert.Null(result.Ruleset);
        Assert.Empty(result.Warnings);
        Assert.Equal([1, 3, 4, 5, 6], result.Errors.Select(error => error.Position.Line));
    }

    [Fact]
    public void Errors_name_the_file_in_which_they_are()
    {
        RulesetTexts files = new RulesetTexts()
            .With("more/lan.conf", "pass on lann\ntable <t> file \"bad.txt\"\n")
            .With("more/bad.txt", "10.0.0.1\nx.y\n");
        Assert.Equal(
            ["more/bad.txt:2:1: file \"bad.txt\" contains bad data: no IP address found for x.y"],
            Gateway.Errors("include \"more/lan.conf\"\n", files));
        files.With("more/bad.txt", "10.0.0.1\n");
        string error = Assert.Single(Gateway.Errors("include \"more/lan.conf\"\n", files));
        Assert.StartsWith("more/lan.conf:1:9: there is no port or group 'lann'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_nest_as_deep_as_they_are_evaluated()
    {
        string deep = string.Concat(Enumerable.Repeat("anchor {\n", RuleList.MaximumDepth)) + "pass\n"
            + string.Concat(Enumerable.Repeat("}\n", RuleList.MaximumDepth));
        Assert.Empty(Gateway.Errors(deep));
        Assert.Equal(
            [$"pf.conf:{RuleList.MaximumDepth + 1}:1: anchors stand in one another more than {RuleList.MaximumDepth} deep"],
            Gateway.Errors($"anchor {{\n{deep}}}\n"));
    }
}
