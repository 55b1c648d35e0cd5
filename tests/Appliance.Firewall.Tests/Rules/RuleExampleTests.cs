using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>What pf.conf(5) says of rules, one sentence each, of the compiled rules and of the twin.</summary>
public sealed class RuleExampleTests
{
    private static readonly Rule Pass = new() { Number = 0, Id = "pass" };
    private static readonly Rule Block = Pass with { Id = "block", Action = RuleAction.Block };
    private static readonly Rule Match = Pass with { Id = "match", Action = RuleAction.Match };
    private static readonly PacketView Web = Packets.Tcp("10.0.0.1", "192.0.2.1");

    [Fact]
    public void Without_a_match_the_packet_passes_by_the_default_rule()
    {
        RuleMatch match = Judge(Web, Block with { Protocol = IpProtocol.Udp });
        Assert.True(match.IsDefault);
        Assert.Equal(RuleAction.Pass, match.Action);
        Assert.False(match.LogsDecision);
    }

    [Fact]
    public void The_last_match_decides() =>
        Assert.Equal(1, Judge(Web, Pass, Block, Pass with { DestinationPort = Port(443), Protocol = IpProtocol.Tcp }).Rule);

    [Fact]
    public void The_first_quick_match_ends() => Assert.Equal(1, Judge(Web, Pass, Block with { Quick = true }, Pass).Rule);

    [Fact]
    public void Match_rules_decide_nothing_even_when_quick()
    {
        RuleMatch match = Judge(Web, Block, Match with { Quick = true, Log = LogOptions.First }, Pass);
        Assert.Equal(2, match.Rule);
        Assert.Equal(1, match.Trail.Count);
        Assert.Equal(new TrailEntry(1, Gathered: true, IsLogged: true), match.Trail[0]);
        Assert.Equal(LogOptions.First, match.Log);
        Assert.False(match.LogsDecision);
    }

    [Fact]
    public void Log_matches_logs_every_rule_that_matches_from_there_on()
    {
        RuleMatch match = Judge(Web, Pass, Match with { Log = LogOptions.First | LogOptions.Matches }, Block, Match, Pass);
        Assert.Equal(4, match.Trail.Count);
        Assert.Equal(new TrailEntry(2, Gathered: false, IsLogged: true), match.Trail[1]);
        Assert.Equal(new TrailEntry(3, Gathered: true, IsLogged: true), match.Trail[2]);
        Assert.Equal(new TrailEntry(4, Gathered: false, IsLogged: true), match.Trail[3]);
        Assert.False(match.LogsDecision);                             // it stands in the trail already
    }

    [Fact]
    public void A_rule_before_log_matches_that_decides_after_all_is_logged() =>
        Assert.True(Judge(Web, Pass, Match with { Log = LogOptions.First | LogOptions.Matches }).LogsDecision);

    [Fact]
    public void A_tag_sticks_although_a_later_rule_decides()
    {
        RuleMatch match = Judge(Web, Pass with { Tag = 7 }, Block, Pass with { Tagged = 7 },
            Pass with { Tagged = 7, TaggedIsNegated = true });
        Assert.Equal((2, (ushort)7), (match.Rule, match.Tag));
    }

    [Fact]
    public void A_packet_brings_its_tag_along()
    {
        Assert.Equal(0, Judge(Web with { Tag = 3 }, Pass with { Tagged = 3 }).Rule);
        Assert.True(Judge(Web with { Tag = 3 }, Pass with { Tagged = 3, TaggedIsNegated = true }).IsDefault);
        Assert.Equal(4, Judge(Web with { Tag = 3 }, Match with { Tag = 4 }).Tag);
    }

    [Fact]
    public void Flags_are_asked_of_tcp_only()
    {
        Rule rule = Pass with { Flags = TcpFlagsMatch.SynOfSynAck };
        Assert.Equal(0, Judge(Web, rule).Rule);
        Assert.True(Judge(Web with { TcpFlags = 0x12 }, rule).IsDefault);
        Assert.Equal(0, Judge(Web with { TcpFlags = 0x12, Protocol = IpProtocol.Udp }, rule).Rule);
    }

    [Fact]
    public void A_later_fragment_matches_no_rule_that_asks_for_its_transport_header()
    {
        PacketView fragment = Web with { Traits = PacketTraits.LaterFragment, SourcePort = 0, DestinationPort = 0, TcpFlags = 0 };
        Assert.Equal(0, Judge(fragment, Pass with { Protocol = IpProtocol.Tcp }).Rule);
        Assert.True(Judge(fragment, Pass with { Protocol = IpProtocol.Tcp,
            DestinationPort = new PortMatch(MatchOperator.Less, 1024) }).IsDefault);
        Assert.True(Judge(fragment, Pass with { Flags = new TcpFlagsMatch(0, 0x02) }).IsDefault);
        Assert.True(Judge(fragment with { Protocol = IpProtocol.Icmp },
            Pass with { Protocol = IpProtocol.Icmp, Icmp = new IcmpMatch(0) }).IsDefault);
        Assert.Equal(0, Judge(fragment, Pass with { FragmentsOnly = true }).Rule);
        Assert.True(Judge(Web, Pass with { FragmentsOnly = true }).IsDefault);
    }

    [Fact]
    public void Icmpv6_within_ipv4_has_no_type()
    {
        PacketView packet = Packets.Of("10.0.0.1", "10.0.0.2") with { Protocol = IpProtocol.Icmpv6 };
        Assert.True(Judge(packet, Pass with { Protocol = IpProtocol.Icmpv6, Icmp = new IcmpMatch(0) }).IsDefault);
        Assert.Equal(0, Judge(packet, Pass with { Protocol = IpProtocol.Icmpv6 }).Rule);
    }

    [Fact]
    public void No_port_is_not_port_zero()
    {
        PacketView gre = Packets.Of("10.0.0.1", "10.0.0.2");
        Assert.True(Judge(gre, Pass with { Protocol = IpProtocol.Udp, DestinationPort = Port(0) }).IsDefault);
        Assert.Equal(0, Judge(gre with { Protocol = IpProtocol.Udp },
            Pass with { Protocol = IpProtocol.Udp, DestinationPort = Port(0) }).Rule);
    }

    [Fact]
    public void Negation_turns_an_address_condition_over()
    {
        Rule notLan = Pass with { Family = 4, Source = Packets.Net("10.0.0.0/8").Not() };
        Assert.True(Judge(Web, notLan).IsDefault);
        Assert.Equal(0, Judge(Web with { Source = Packets.Address("11.0.0.0").Bits }, notLan).Rule);
        Assert.Equal(0, Judge(Web with { Source = Packets.Address("9.255.255.255").Bits }, notLan).Rule);
        Assert.True(Judge(Web, Pass with { Source = AddressMatch.Any.Not() }).IsDefault);
        Assert.Equal(0, Judge(Web, Pass with { Source = AddressMatch.Of().Not() }).Rule);     // not the addresses of a port that has none
    }

    [Fact]
    public void Routes_answer_no_route_and_urpf_failed()
    {
        Assert.Equal(0, Judge(Web, Pass with { Source = AddressMatch.NoRoute }).Rule);        // odd addresses have no route here
        Assert.True(Judge(Web, Pass with { Source = AddressMatch.NoRoute.Not() }).IsDefault);
        Assert.Equal(0, Judge(Web, Pass with { Source = AddressMatch.UrpfFailed }).Rule);     // 10.0.0.1 is behind port 0
        Assert.True(Judge(Web with { Port = 0 }, Pass with { Source = AddressMatch.UrpfFailed }).IsDefault);
    }

    [Fact]
    public void What_was_made_here_was_received_on_no_port()
    {
        Assert.True(Judge(Web with { ReceivedOn = -1 }, Pass with { ReceivedOn = PortSet.Of(1, 2) }).IsDefault);
        Assert.Equal(0, Judge(Web with { ReceivedOn = -1 }, Pass with { ReceivedOn = PortSet.Of(1, 2).Complement() }).Rule);
        Assert.Equal(0, Judge(Web, Pass with { ReceivedOn = PortSet.Of(1, 2) }).Rule);
    }

    [Fact]
    public void An_anchor_is_entered_only_by_what_matches_it()
    {
        Rule anchor = Pass with { Protocol = IpProtocol.Udp, Body = [Block] };
        Assert.True(Judge(Web, anchor).IsDefault);
        RuleMatch match = Judge(Web with { Protocol = IpProtocol.Udp }, Pass, anchor);
        Assert.Equal((2, 1, RuleAction.Block), (match.Rule, match.Anchor, match.Action));
    }

    [Fact]
    public void A_quick_anchor_ends_only_if_something_within_decided()
    {
        Rule quick = Pass with { Quick = true };
        Assert.Equal(1, Judge(Web, quick with { Body = [Block] }, Pass).Rule);
        Assert.Equal(2, Judge(Web, quick with { Body = [Match] }, Pass).Rule);
        Assert.Equal(1, Judge(Web, quick with { Body = [Block, Pass with { Body = [] }] }, Pass).Rule);
        Assert.Equal(2, Judge(Web, quick with { Body = [Pass with { Body = [Block] }] }, Pass).Rule);
    }

    [Fact]
    public void A_quick_rule_within_an_anchor_ends_everything() =>
        Assert.Equal(1, Judge(Web, Pass with { Body = [Block with { Quick = true }, Pass] }, Pass).Rule);

    [Fact]
    public void Of_translation_rules_the_first_match_decides()
    {
        RuleList list = RuleList.Create(RuleOrder.FirstMatch, Pass with { Family = 6 }, Pass with { Translation = 5 },
            Pass with { Translation = 6 });
        Assert.Equal(1, Judge(Web, list).Rule);
    }

    [Fact]
    public void Rules_behind_a_match_rule_that_translates_see_the_translated_packet()
    {
        RuleList list = RuleList.Create(
            RuleOrder.LastMatch,
            Match with { Translation = 1 },
            Pass with { Family = 4, Destination = Packets.Net("192.0.2.1/32") },
            Pass with { Family = 4, Destination = Packets.Net("10.9.9.9/32") });
        foreach (IRuleMatcher matcher in Both(list))
        {
            var match = new RuleMatch();
            matcher.Evaluate(Web, ref match);
            Assert.Equal(0, match.Pending);
            matcher.Resume(Web with { Destination = Packets.Address("10.9.9.9").Bits }, ref match);
            Assert.False(match.IsPending);
            Assert.Equal(2, match.Rule);
            Assert.Equal([1L, 1L, 1L], matcher.Counters.Evaluations());
        }
    }

    [Theory]
    [InlineData(1u, 0, 2)]
    [InlineData(0x8000_0000u, 480, 544)]
    [InlineData(uint.MaxValue, 1024, 1024)]
    public void Lots_fall_as_often_as_they_should(uint probability, int least, int most)
    {
        RuleList list = RuleList.Create(RuleOrder.LastMatch, Block with { Probability = probability });
        int blocked = Enumerable.Range(0, 1024).Count(ordinal => !Judge(Web with { Ordinal = (ulong)ordinal }, list).IsDefault);
        Assert.InRange(blocked, least, most);
    }

    [Fact]
    public void The_trail_is_bounded_and_what_is_beyond_still_acts()
    {
        RuleMatch match = Judge(Web, [.. Enumerable.Range(1, 40).Select(tag => Match with { Tag = (ushort)tag })]);
        Assert.Equal((RuleTrail.Capacity, true, (ushort)40), (match.Trail.Count, match.Trail.IsFull, match.Tag));
    }

    [Fact]
    public void Evaluations_are_packets_that_reached_the_rule_undecided()
    {
        RuleList list = RuleList.Create(
            RuleOrder.LastMatch,
            Pass,
            Pass with { Protocol = IpProtocol.Tcp,
                Body = [Match, Block with { Quick = true, DestinationPort = Port(80), Protocol = IpProtocol.Tcp }, Pass] },
            Pass);
        foreach (IRuleMatcher matcher in Both(list))
        {
            var match = new RuleMatch();
            foreach (PacketView packet in (PacketView[])[Web, Web with { DestinationPort = 22, Frames = 3, Bytes = 300 },
                Packets.Of("10.0.0.1", "10.0.0.2")])
            {
                matcher.Evaluate(packet, ref match);
                matcher.Counters.CountDecision(match, packet);
            }

            Assert.Equal([5L, 5, 4, 4, 3, 4], matcher.Counters.Evaluations());
            Assert.Equal((4L, 360L), (matcher.Counters.Packets(2, RuleDirection.In), matcher.Counters.Bytes(2, RuleDirection.In)));
            Assert.Equal((1L, 60L), (matcher.Counters.Packets(1, RuleDirection.In), matcher.Counters.Bytes(3, RuleDirection.In)));
            Assert.Equal((4L, 0L), (matcher.Counters.Packets(5, RuleDirection.In), matcher.Counters.Packets(5, RuleDirection.Out)));
        }
    }

    [Fact]
    public void The_twin_says_what_kept_each_rule_from_matching()
    {
        RuleList list = RuleList.Create(RuleOrder.LastMatch, Block with { Family = 6 }, Pass,
            Block with { Protocol = IpProtocol.Tcp, DestinationPort = Port(443) });
        var said = new List<(int, RuleCondition?)>();
        var twin = new NaiveEvaluator(list, RoutesOfTest.Instance,
            KeyedRandom.FromSeed(1)) { Explain = (rule, failed) => said.Add((rule, failed)) };
        var match = new RuleMatch();
        twin.Evaluate(Web, ref match);
        Assert.Equal([(0, RuleCondition.Family), (1, null), (2, RuleCondition.DestinationPort)], said);
    }

    private static PortMatch Port(ushort port) => new(MatchOperator.Equal, port);

    private static RuleMatch Judge(in PacketView packet, params Rule[] rules) => Judge(packet, RuleList.Create(RuleOrder.LastMatch, rules));

    /// <summary>The answer of the engine; the twin's is the same.</summary>
    private static RuleMatch Judge(in PacketView packet, RuleList list)
    {
        var match = new RuleMatch();
        IRuleMatcher[] both = Both(list);
        Assert.Equal(Judgement.Of(both[1], packet), Judgement.Of(both[0], packet));
        both[0].Evaluate(packet, ref match);
        return match;
    }

    private static IRuleMatcher[] Both(RuleList list) =>
    [
        new CompiledEvaluator(CompiledRules.Compile(list), RoutesOfTest.Instance, KeyedRandom.FromSeed(1)),
        new NaiveEvaluator(list, RoutesOfTest.Instance, KeyedRandom.FromSeed(1)),
    ];
}
