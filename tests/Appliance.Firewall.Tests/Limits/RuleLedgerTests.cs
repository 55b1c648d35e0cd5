using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Which rule of a new ruleset is which of the old one.</summary>
public sealed class RuleLedgerTests
{
    private readonly StateLimits _limits = new(1000, AdaptiveTimeouts.Off);
    private readonly RuleLedger _ledger;

    public RuleLedgerTests() => _ledger = new RuleLedger(_limits);

    [Fact]
    public void Only_rules_whose_states_are_bound_by_something_have_an_account()
    {
        ushort[] accounts = Open("""
            pass in on lan
            pass in on lan keep state (max 3)
            block in
            pass in on lan keep state (udp.single 3)
            anchor { pass keep state (source-track) }
            pass in on lan no state

            """.Replace("{ pass", "{\npass").Replace(") }", ")\n}"));
        Assert.Equal([0, 1, 0, 2, 0, 3, 0], accounts);
        Assert.Equal(3, _limits.RuleOf(1)!.MaximumStates);
        Assert.Null(_limits.RuleOf(0));
        Assert.Equal(3u, _limits.RuleOf(2)!.Seconds(StateTimeout.UdpSingle, StateTimeouts.Default));
        Assert.Equal(60u, _limits.RuleOf(2)!.Seconds(StateTimeout.UdpMultiple, StateTimeouts.Default));
    }

    [Fact]
    public void A_rule_is_known_by_its_text_first_and_then_by_its_id()
    {
        Assert.Equal([1, 2, 3], Open(Rule("lan", 1) + Rule("lan", 2) + Rule("dmz", 3, "label x")));
        Assert.Equal([0, 1, 2, 3], Open("pass\n" + Rule("lan", 1) + Rule("lan", 2) + Rule("dmz", 3, "label x")));
        Assert.Equal([2, 1], Open(Rule("lan", 2) + Rule("lan", 1)));
        Assert.Equal([3], Open(Rule("wan", 9, "label x")));
        Assert.Equal(9, _limits.RuleOf(3)!.MaximumStates);
    }

    [Fact]
    public void Rules_of_one_text_keep_theirs_in_order()
    {
        Assert.Equal([1, 2], Open(Rule("lan", 1) + Rule("lan", 1)));
        Assert.Equal([1, 2, 3], Open(Rule("lan", 1) + Rule("lan", 1) + Rule("lan", 1)));
    }

    [Fact]
    public void An_account_is_given_to_another_when_it_has_no_states_and_nobody_goes_by_its_rule()
    {
        Assert.Equal([1], Open(Rule("lan", 1, "label a")));
        Assert.Equal(FlowAdmission.Admitted, _limits.TryTake(1));
        Assert.Equal([2], Open(Rule("lan", 1, "label b")));
        Assert.Equal([3], Open(Rule("lan", 1, "label c")));                 // 1 has a state, 2 was in force
        Assert.Equal([2], Open(Rule("lan", 1, "label d")));
        _limits.Release(1);
        Assert.Equal([4], Open(Rule("lan", 1, "label e"), isSettled: false));
        ushort account = Assert.Single(Open(Rule("lan", 1, "label f")));
        Assert.Contains(account, new ushort[] { 1, 2, 3 });
    }

    [Fact]
    public void A_rule_that_comes_back_finds_its_states()
    {
        Assert.Equal([1], Open(Rule("lan", 1)));
        _limits.TryTake(1);
        Assert.Equal([], Open(""));
        Assert.Equal([2], Open(Rule("dmz", 1)));
        Assert.Equal([1], Open(Rule("lan", 1)));
        Assert.Equal(FlowAdmission.RuleLimit, _limits.TryTake(1));
    }

    [Fact]
    public void When_all_accounts_have_states_the_one_with_fewest_is_taken()
    {
        string all = string.Concat(
            Enumerable.Range(1, RuleLedger.MaxRules).Select(rule => $"pass in on lan label a{rule} keep state (max 9)\n"));
        ushort[] accounts = Open(all);
        Assert.Equal(RuleLedger.MaxRules, accounts.Distinct().Count());
        StateLimits limits = _limits;
        limits.Max = int.MaxValue;
        foreach (ushort account in accounts) limits.TryTake(account);
        foreach (ushort account in accounts.Where(account => account != 777)) limits.TryTake(account);
        Open("");
        Assert.Equal([777], Open(Rule("dmz", 2)));
        Assert.Equal(1, limits.CountOf(777));
        Assert.Equal((FlowAdmission.Admitted, FlowAdmission.RuleLimit), (limits.TryTake(777), limits.TryTake(777)));
        string[] errors = Gateway.Errors(all + Rule("lan", 1));
        Assert.Equal(["pf.conf:65536:1: more than 65535 rules have limits or timeouts of their own"], errors);
    }

    private static string Rule(string port, int max, string label = "") => $"pass in on {port} {label} keep state (max {max})\n";

    private ushort[] Open(string ruleset, bool isSettled = true) => [.. _ledger.Open(Gateway.Good(ruleset), isSettled)];
}
