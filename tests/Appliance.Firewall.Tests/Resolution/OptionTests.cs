using Appliance.Firewall.Language;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What a ruleset says of states, replies, tables and of itself.</summary>
public sealed class OptionTests
{
    [Fact]
    public void A_ruleset_that_says_nothing_has_FreeBSDs_defaults()
    {
        ResolvedRuleset ruleset = Gateway.Good("");
        Assert.Equal(0, ruleset.Filter.Count);
        Assert.Equal(100_000, ruleset.StateLimit);
        Assert.Equal(StateBinding.Floating, ruleset.DefaultBinding);
        Assert.Equal(PortSet.Of(), ruleset.Skip);
        Assert.Empty(ruleset.Tables);
        foreach (StateTimeout timeout in Enum.GetValues<StateTimeout>())
            Assert.Equal(StateTimeouts.Default[timeout], ruleset.Timeouts[timeout]);
    }

    [Theory]
    [InlineData("set timeout tcp.first 7", StateTimeout.TcpFirst, 7)]
    [InlineData("set timeout { udp.multiple 70, tcp.established 3600, udp.multiple 71 }", StateTimeout.UdpMultiple, 71)]
    [InlineData("set optimization aggressive", StateTimeout.TcpEstablished, 5 * 3600)]
    [InlineData("set optimization high-latency", StateTimeout.TcpFirst, 180)]
    [InlineData("set optimization default", StateTimeout.TcpFirst, 120)]
    [InlineData("set optimization aggressive\nset timeout tcp.first 7", StateTimeout.TcpFirst, 7)]
    [InlineData("set timeout tcp.first 7\nset optimization aggressive", StateTimeout.TcpFirst, 30)]
    [InlineData("set timeout udp.first 7\nset optimization aggressive", StateTimeout.UdpFirst, 7)]
    [InlineData("set optimization aggressive\nset optimization normal", StateTimeout.TcpFirst, 120)]
    [InlineData("set limit states 1000", StateTimeout.AdaptiveStart, 600)]
    [InlineData("set limit states 1000", StateTimeout.AdaptiveEnd, 1200)]
    [InlineData("set limit states 1000\nset timeout adaptive.start 5", StateTimeout.AdaptiveStart, 5)]
    [InlineData("set limit states 1000\nset timeout adaptive.start 5", StateTimeout.AdaptiveEnd, 120_000)]
    [InlineData("set timeout frag 9", StateTimeout.Fragment, 9)]
    [InlineData("set timeout src.track 9", StateTimeout.SourceTrack, 9)]
    [InlineData("set timeout tcp.tsdiff 9", StateTimeout.TcpTimestampDifference, 9)]
    public void Timeouts_are_those_of_the_last_word(string ruleset, StateTimeout timeout, int value) =>
        Assert.Equal(value, Gateway.Good(ruleset).Timeouts[timeout]);

    [Fact]
    public void The_state_limit_is_the_last_one() =>
        Assert.Equal(2000, Gateway.Good("set limit states 1000\nset limit { frags 9, states 2000, src-nodes 5 }").StateLimit);

    [Theory]
    [InlineData("set skip on lo0", new int[0])]
    [InlineData("set skip on { lo lan }", new[] { 1 })]
    [InlineData("set skip on inside\nset skip on lan.20", new[] { 1, 2, 3 })]
    [InlineData("set skip on inside\nset skip on none", new int[0])]
    public void Skipped_ports_are_those_named(string ruleset, int[] ports) =>
        Assert.Equal(ports, Gateway.Good(ruleset).Skip.Ports.Select(port => (int)port));

    [Theory]
    [InlineData("set debug urgent")]
    [InlineData("set hostid 1")]
    [InlineData("set fingerprints \"/etc/pf.os\"")]
    [InlineData("set ruleset-optimization basic")]
    [InlineData("set loginterface wan")]
    [InlineData("set loginterface none")]
    [InlineData("set require-order no")]
    [InlineData("set reassemble no")]
    [InlineData("set reassemble yes\nset reassemble no")]
    [InlineData("set syncookies never")]
    [InlineData("set fail-policy drop")]
    [InlineData("pass ridentifier 7")]
    [InlineData("pass keep state (no-sync)")]
    [InlineData("set limit { src-nodes 5, frags 5, anchors 5 }")]
    public void What_has_no_effect_that_anybody_could_miss_is_accepted(string ruleset) => Assert.Empty(Gateway.Errors(ruleset));

    [Theory]
    [InlineData("block", BlockReplyKind.Silence, 0, 0)]
    [InlineData("block drop", BlockReplyKind.Silence, 0, 0)]
    [InlineData("block return", BlockReplyKind.Return, 3, 4)]
    [InlineData("set block-policy return\nblock", BlockReplyKind.Return, 3, 4)]
    [InlineData("set block-policy return\nblock drop", BlockReplyKind.Silence, 0, 0)]
    [InlineData("block return-icmp(net-unr, 1)", BlockReplyKind.Unreachable, 0, 1)]
    [InlineData("block return-icmp6", BlockReplyKind.Unreachable, 3, 4)]
    public void A_block_rule_knows_what_it_answers(string ruleset, BlockReplyKind kind, int code, int code6)
    {
        BlockReply reply = Gateway.Good(ruleset).Filter[0].Reply;
        Assert.Equal(kind, reply.Kind);
        if (kind != BlockReplyKind.Silence) Assert.Equal((code, code6), (reply.IcmpCode, reply.Icmpv6Code));
    }

    [Fact]
    public void A_resets_ttl_is_the_rules() =>
        Assert.Equal(new BlockReply(BlockReplyKind.Reset, 9), Gateway.Good("block return-rst(ttl 9) proto tcp").Filter[0].Reply);

    [Theory]
    [InlineData("pass", StateKind.Keep, StateBinding.Floating)]
    [InlineData("pass no state", StateKind.None, StateBinding.Default)]
    [InlineData("block", StateKind.None, StateBinding.Default)]
    [InlineData("match", StateKind.None, StateBinding.Default)]
    [InlineData("pass keep state (if-bound)", StateKind.Keep, StateBinding.IfBound)]
    [InlineData("set state-policy if-bound\npass", StateKind.Keep, StateBinding.IfBound)]
    [InlineData("set state-policy if-bound\npass keep state (floating)", StateKind.Keep, StateBinding.Floating)]
    [InlineData("set state-defaults if-bound\npass", StateKind.Keep, StateBinding.IfBound)]
    public void Who_keeps_state_says_where_it_is_found(string ruleset, StateKind kind, StateBinding binding)
    {
        StatePolicy state = Gateway.Good(ruleset).Filter[0].State;
        Assert.Equal((kind, binding), (state.Kind, state.Binding));
    }

    [Fact]
    public void State_options_are_carried_whole()
    {
        StatePolicy state = Gateway.Good("pass keep state (max 100, sloppy, no-sync, udp.first 5, tcp.closed 6)").Filter[0].State;
        Assert.True(state is { MaximumStates: 100, Sloppy: true, NoSync: true, SourceTracking: SourceTracking.None, Overload: null });
        Assert.Equal(
            [
                new TimeoutSetting(StateTimeout.TcpClosed, 6), new TimeoutSetting(StateTimeout.UdpFirst, 5),
                new TimeoutSetting(StateTimeout.AdaptiveStart, 60), new TimeoutSetting(StateTimeout.AdaptiveEnd, 120),
            ],
            state.Timeouts);
    }

    [Fact]
    public void What_is_tracked_of_sources_is_carried_whole()
    {
        StatePolicy state = StateOf(
            "pass proto tcp keep state (max 50, max-src-nodes 7, max-src-states 8, max-src-conn 9, max-src-conn-rate 10/11, "
            + "overload <bad> flush global, tcp.first 12)");
        Assert.Equal((50u, 7u, 8u, 9u), (
            state.MaximumStates, state.MaximumSources, state.MaximumStatesOfSource, state.MaximumConnectionsOfSource));
        Assert.Equal((10u, 11u), (state.ConnectionRate, state.ConnectionRateSeconds));
        Assert.Equal(("bad", OverloadFlush.Global), (state.Overload!.Name, state.Flush));
        Assert.Equal(SourceTracking.Rule, state.SourceTracking);
        Assert.Contains(new TimeoutSetting(StateTimeout.TcpFirst, 12), state.Timeouts);
    }

    [Theory]
    [InlineData("pass keep state (source-track)", SourceTracking.Global, OverloadFlush.None)]
    [InlineData("pass keep state (source-track rule)", SourceTracking.Rule, OverloadFlush.None)]
    [InlineData("pass keep state (source-track rule, max-src-states 8)", SourceTracking.Rule, OverloadFlush.None)]
    [InlineData("pass proto tcp keep state (max-src-conn 9, overload <bad> flush)", SourceTracking.Rule, OverloadFlush.Rule)]
    [InlineData("pass proto tcp keep state (max-src-conn 9, overload <bad>)", SourceTracking.Rule, OverloadFlush.None)]
    [InlineData("pass keep state (max-src-states 8)", SourceTracking.Global, OverloadFlush.None)]
    [InlineData("pass", SourceTracking.None, OverloadFlush.None)]
    public void Sources_are_tracked_for_the_rule_or_for_all(string rule, SourceTracking tracking, OverloadFlush flush)
    {
        StatePolicy state = StateOf(rule);
        Assert.Equal((tracking, flush), (state.SourceTracking, state.Flush));
    }

    /// <summary>Whether or not all of it is done: what is not, no whole ruleset may ask.</summary>
    private static StatePolicy StateOf(string rule)
    {
        PfParseResult parsed = PfRulesetParser.Parse(Gateway.File, new RulesetTexts().With(Gateway.File, rule), Gateway.Ports);
        Assert.Empty(parsed.Errors);
        return StateResolver.Resolve(
            parsed.Ruleset!.Rules.Filter[0], new TableResolver(AddressTable.DefaultMaximumEntries, new ResolutionErrors()));
    }

    [Fact]
    public void The_default_binding_is_the_state_policy() =>
        Assert.Equal(StateBinding.IfBound, Gateway.Good("set state-policy if-bound").DefaultBinding);

    [Fact]
    public void Allow_opts_and_tags_are_the_rules()
    {
        ResolvedRuleset ruleset = Gateway.Good("pass allow-opts tag A\npass tag B tagged A\nblock ! tagged C");
        Assert.Equal(["A", "B", "C"], ruleset.Tags);
        Assert.True(ruleset.Filter[0].AllowOptions);
        Assert.Equal([(1, 0, false), (2, 1, false), (0, 3, true)],
            ruleset.Filter.Top.Select(rule => ((int)rule.Tag, (int)rule.Tagged, rule.TaggedIsNegated)));
    }

    [Fact]
    public void A_rule_is_known_by_its_label_or_its_line_and_the_kth_of_one_name_by_k()
    {
        ResolvedRuleset ruleset = Gateway.Good(
            """
            pass in on { lan dmz } proto { tcp udp }
            block label web
            pass label "web" label second
            pass on { lan, dmz } label "$if"
            anchor "a" {
              block label web
              pass
            }
            """);
        Assert.Equal(
            [
                "pf.conf:1", "pf.conf:1#2", "pf.conf:1#3", "pf.conf:1#4", "web", "web#2", "lan", "dmz",
                "pf.conf:5", "web#3", "pf.conf:7",
            ],
            Enumerable.Range(0, ruleset.Filter.Count).Select(i => ruleset.Filter[i].Id));
        Assert.Equal("block drop all label \"web\"", ruleset.Origins[9].Text);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1], Enumerable.Range(0, ruleset.Filter.Count).Select(i => ruleset.Filter[i].Number));
    }

    [Fact]
    public void Tables_come_as_they_are_defined_and_behind_them_those_that_are_not()
    {
        ResolutionResult result = Gateway.Resolve(
            """
            table <bogons> const persist { 10/8 }
            table <grow> persist
            table <empty> { }
            block from <bogon>
            block from { <grow> <elsewhere> }
            block from <elsewhere>
            """);
        Assert.Equal(
            [
                "pf.conf:4:12: table <bogon> is not defined (did you mean <bogons>?): it is empty until entries are added to it",
                "pf.conf:5:21: table <elsewhere> is not defined: it is empty until entries are added to it",
            ],
            result.Warnings.Select(warning => warning.ToString()));
        Assert.Equal(
            [
                ("bogons", 1, true, true, true, true), ("grow", 0, false, true, false, true), ("empty", 0, false, false, true, true),
                ("bogon", 0, false, false, false, false), ("elsewhere", 0, false, false, false, false),
            ],
            result.Ruleset!.Tables.Select(table =>
                (table.Contents.Name, table.Contents.Count, table.IsConstant, table.IsPersistent, table.HasContents, table.IsDefined)));
    }

    [Fact]
    public void Of_two_definitions_of_a_table_the_last_counts_with_a_warning() =>
        Assert.Equal("pf.conf:2:1: table <t> was defined before: only this definition counts",
            Assert.Single(Gateway.Resolve("table <t> { 10/8 }\ntable <t> { 11/8 }").Warnings).ToString());

    [Fact]
    public void A_port_comes_before_a_group_of_its_name()
    {
        var ports = new FirewallPorts(new FirewallPort(0, "a") { Groups = ["b", "g"] }, new FirewallPort(1, "b") { Groups = ["g"] });
        Assert.True(ports.TryFind("b", out PortSet? port));
        Assert.Equal(PortSet.Of(1), port);
        Assert.True(ports.TryFind("g", out PortSet? group));
        Assert.Equal(PortSet.Of(0, 1), group);
        Assert.False(ports.TryFind("self", out _));
    }

    [Fact]
    public void The_digest_is_of_what_is_said()
    {
        const string Text = "table <t> { 10/8 }\nblock from <t> label A\npass out\n";
        string digest = Gateway.Good(Text).Digest;
        Assert.Matches("^[0-9A-F]{64}$", digest);
        Assert.Equal(digest, Gateway.Good("table   <t> {10.0.0.0/8}\nblock   from <t> label A\npass out\n").Digest);
        foreach (string other in (string[])["10/9", "11/8", "10/8 ! 10.1/16"])
            Assert.NotEqual(digest, Gateway.Good(Text.Replace("10/8", other, StringComparison.Ordinal)).Digest);
        Assert.NotEqual(digest, Gateway.Good(Text.Replace("pass out", "pass in", StringComparison.Ordinal)).Digest);
        Assert.NotEqual(digest, Gateway.Good("# moves a rule that is known by its line\n" + Text).Digest);
    }
}
