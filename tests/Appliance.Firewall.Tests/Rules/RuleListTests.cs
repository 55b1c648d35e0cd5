using System.Collections.Immutable;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class RuleListTests
{
    private static readonly Rule Any = new() { Number = 0, Id = "pf.conf:1" };

    public static TheoryData<string, Rule> Faults => new()
    {
        { "the family is", Any with { Family = 5 } },
        { "ports need protocol", Any with { DestinationPort = new PortMatch(MatchOperator.Equal, 80) } },
        { "ports need protocol", Any with { Protocol = IpProtocol.Icmp, SourcePort = new PortMatch(MatchOperator.Equal, 80) } },
        { "an ICMP type needs", Any with { Icmp = new IcmpMatch(8) } },
        { "an ICMP type needs", Any with { Protocol = IpProtocol.Icmp, Family = 6, Icmp = new IcmpMatch(8) } },
        { "an ICMP code needs", Any with { Protocol = IpProtocol.Icmp, Icmp = new IcmpMatch(null, 1) } },
        { "flags that are set", Any with { Flags = new TcpFlagsMatch(3, 2) } },
        { "the lower two bits of tos", Any with { Tos = 1 } },
        { "urpf-failed is asked", Any with { Destination = AddressMatch.UrpfFailed } },
        { "which tag", Any with { TaggedIsNegated = true } },
        { "ends before it begins", Any with { Source = Packets.Range("10.0.0.2", "10.0.0.1") } },
        { "ends before it begins", Any with { Source = Packets.Range("10.0.0.2", "2001:db8::1") } },
        { "what is blocked is not", Any with { Action = RuleAction.Block, Translation = 0 } },
        { "an anchor does nothing", Any with { Body = [], Translation = 0 } },
        { "anchors stand in one another", Nested(RuleList.MaximumDepth + 1) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_rule_that_cannot_be_is_refused_with_its_id(string reason, Rule rule)
    {
        Assert.False(RuleList.TryCreate([Any, rule], RuleOrder.LastMatch, out RuleList? list, out ImmutableArray<RuleFault> faults));
        Assert.Null(list);
        Assert.Contains(reason, Assert.Single(faults).Reason, StringComparison.Ordinal);
        Assert.Equal("pf.conf:1", faults[0].RuleId);
    }

    [Fact]
    public void All_faults_are_found_those_within_anchors_too()
    {
        Rule twice = Any with { Family = 5, Tos = 1 };
        Assert.False(RuleList.TryCreate([twice, Any with { Body = [twice] }], RuleOrder.LastMatch, out _,
            out ImmutableArray<RuleFault> faults));
        Assert.Equal(4, faults.Length);
    }

    [Fact]
    public void The_greatest_depth_is_judged() =>
        Assert.Equal(RuleList.MaximumDepth + 1, RuleList.Create(RuleOrder.LastMatch, Nested(RuleList.MaximumDepth)).Count);

    [Fact]
    public void Translation_rules_only_translate() =>
        Assert.False(RuleList.TryCreate([Any with { Action = RuleAction.Block }], RuleOrder.FirstMatch, out _, out _));

    [Fact]
    public void Bodies_follow_their_anchor_in_the_flat_order()
    {
        RuleList list = RuleList.Create(RuleOrder.LastMatch, Any, Any with { Body = [Any, Any with { Body = [Any] }] }, Any);
        Assert.Equal([1, 5, 3, 5, 5, 6], Enumerable.Range(0, list.Count).Select(list.End));
        Assert.Equal([-1, -1, 1, 1, 3, -1], Enumerable.Range(0, list.Count).Select(list.Parent));
    }

    /// <summary>CVE-2026-4748: rules that differ in nothing but a range of addresses were taken for duplicates and dropped.</summary>
    [Fact]
    public void Rules_that_differ_only_in_an_address_range_are_two_rules()
    {
        Rule first = Any with { Action = RuleAction.Block, Family = 4, Source = Packets.Range("10.0.0.1", "10.0.0.5") };
        Rule second = first with { Source = Packets.Range("10.0.0.1", "10.0.0.9") };
        Assert.NotEqual(first, second);
        Assert.Equal(first, second with { Source = Packets.Range("10.0.0.1", "10.0.0.5") });
        RuleList list = RuleList.Create(RuleOrder.LastMatch, first, second);
        Assert.Equal(2, list.Count);
        var matcher = new CompiledEvaluator(CompiledRules.Compile(list), RoutesOfTest.Instance, Engine.KeyedRandom.FromSeed(1));
        var match = new RuleMatch();
        foreach ((string source, int rule) in ((string, int)[])[("10.0.0.5", 1), ("10.0.0.9", 1), ("10.0.0.10", -1)])
        {
            matcher.Evaluate(Packets.Tcp(source, "192.0.2.1"), ref match);
            Assert.Equal(rule, match.Rule);
        }
    }

    [Fact]
    public void Ids_tell_the_rules_of_one_label_apart()
    {
        var ids = new RuleIds();
        Assert.Equal(["web", "web#2", "pf.conf:3", "web#3"], ((string[])["web", "web", "pf.conf:3", "web"]).Select(ids.Next));
    }

    [Fact]
    public void A_list_knows_what_keeps_trains_from_being_judged_as_one()
    {
        RuleList list = RuleList.Create(RuleOrder.LastMatch, Any with { Flags = new TcpFlagsMatch(2, 0x12) },
            Any with { Body = [Any with { Flags = new TcpFlagsMatch(0, 1), Probability = 1 }] });
        Assert.Equal(0x13, list.TestedTcpFlags);
        Assert.True(list.JudgesEachFrame);
        Assert.False(RuleList.Empty.JudgesEachFrame);
    }

    private static Rule Nested(int depth) => depth == 0 ? Any : Any with { Body = [Nested(depth - 1)] };
}
