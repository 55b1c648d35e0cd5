using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class RulesetMatcherTests
{
    private static readonly Rule Translate = new() { Number = 0, Id = "t", Translation = 1 };
    private static readonly Rule No = new() { Number = 0, Id = "no" };
    private static readonly PacketView In = Packets.Tcp("10.0.0.1", "192.0.2.1"), Out = In with { Direction = RuleDirection.Out };

    [Fact]
    public void Rdr_is_asked_before_binat_on_the_way_in_and_binat_before_nat_on_the_way_out()
    {
        RulesetMatcher all = Create(new Ruleset { Redirect = List(Translate), BinatIn = List(Translate), BinatOut = List(Translate),
            Nat = List(Translate) });
        Assert.Same(all.Redirect, Find(all, In));
        Assert.Same(all.BinatOut, Find(all, Out));
        RulesetMatcher some = Create(new Ruleset { BinatIn = List(Translate), Nat = List(Translate) });
        Assert.Same(some.BinatIn, Find(some, In));
        Assert.Same(some.Nat, Find(some, Out));
    }

    [Fact]
    public void A_rule_that_says_no_ends_its_own_list_only()
    {
        RulesetMatcher matcher = Create(new Ruleset { Redirect = List(No, Translate), BinatIn = List(Translate),
            Nat = List(No, Translate) });
        Assert.Same(matcher.BinatIn, Find(matcher, In));
        Assert.Null(Find(matcher, Out));
    }

    [Fact]
    public void A_tag_of_one_list_is_seen_by_the_next_and_by_the_filter()
    {
        RulesetMatcher matcher = Create(new Ruleset { Redirect = List(No with { Tag = 4 }),
            BinatIn = List(Translate with { Tagged = 4 }) });
        var match = new RuleMatch();
        Assert.True(matcher.TryFindTranslation(In, ref match, out RulesetList list));
        Assert.Equal(RulesetList.BinatIn, list);
        Assert.Equal(4, match.Tag);
    }

    private static IRuleMatcher? Find(RulesetMatcher matcher, in PacketView packet)
    {
        var match = new RuleMatch();
        return matcher.TryFindTranslation(packet, ref match, out RulesetList list) ? matcher[list] : null;
    }

    private static RuleList List(params Rule[] rules) => RuleList.Create(RuleOrder.FirstMatch, rules);

    private static RulesetMatcher Create(Ruleset ruleset) =>
        new(ruleset, list => new CompiledEvaluator(CompiledRules.Compile(list), RoutesOfTest.Instance, KeyedRandom.FromSeed(1)));
}
