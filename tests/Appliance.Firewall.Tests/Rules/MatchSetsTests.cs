using Xunit;

namespace Appliance.Firewall.Tests.Rules;

public sealed class MatchSetsTests
{
    private static readonly RuleList WithMatches = RuleList.Create(
        RuleOrder.LastMatch, new Rule { Number = 0, Id = "m", Action = RuleAction.Match }, new Rule { Number = 1, Id = "p" });

    [Fact]
    public void A_list_without_match_rules_needs_none()
    {
        RuleTrail trail = TrailOf(0);
        Assert.Same(MatchSets.None, MatchSets.For(RuleList.Create(RuleOrder.LastMatch, new Rule { Number = 0, Id = "p" })));
        Assert.Equal(MatchSets.Empty, MatchSets.None.Enter(ref trail));
        Assert.True(MatchSets.None[MatchSets.Empty].IsEmpty);
    }

    [Fact]
    public void The_same_rules_have_the_same_number_and_others_another()
    {
        MatchSets sets = MatchSets.For(WithMatches);
        (RuleTrail one, RuleTrail same, RuleTrail turned, RuleTrail none) = (TrailOf(3, 5), TrailOf(3, 5), TrailOf(5, 3), TrailOf());
        same.TryAdd(7, gathered: false, logged: true);                                  // overruled: it does not count
        ushort number = sets.Enter(ref one);
        Assert.NotEqual(MatchSets.Empty, number);
        Assert.Equal(number, sets.Enter(ref same));
        Assert.NotEqual(number, sets.Enter(ref turned));
        Assert.Equal([3, 5], sets[number]);
        Assert.Equal(MatchSets.Empty, sets.Enter(ref none));
    }

    [Fact]
    public void Any_number_of_sets_is_entered_right_or_not_at_all()
    {
        MatchSets sets = MatchSets.For(WithMatches);
        int refused = 0;
        for (int rule = 0; rule < 20_000; rule++)
        {
            RuleTrail trail = TrailOf(rule, rule + 1);
            ushort number = sets.Enter(ref trail);
            if (number == MatchSets.Empty) refused++;
            else Assert.Equal([rule, rule + 1], sets[number]);
        }

        Assert.InRange(refused, 20_000 - 4096, 20_000 - 3000);
    }

    [Fact]
    public void Workers_that_enter_at_once_never_read_anothers_set()
    {
        MatchSets sets = MatchSets.For(WithMatches);
        Parallel.For(0, 4, worker =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 200_000; i++)
            {
                int rule = random.Next(3000);
                RuleTrail trail = TrailOf(rule, rule * 2, rule * 3);
                ushort number = sets.Enter(ref trail);
                if (number != MatchSets.Empty) Assert.True(sets[number].SequenceEqual([rule, rule * 2, rule * 3]));
            }
        });
    }

    private static RuleTrail TrailOf(params int[] rules)
    {
        var trail = new RuleTrail();
        foreach (int rule in rules) trail.TryAdd(rule, gathered: true, logged: false);
        return trail;
    }
}
