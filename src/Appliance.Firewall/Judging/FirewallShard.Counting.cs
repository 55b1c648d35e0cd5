using System.Diagnostics.CodeAnalysis;

namespace Appliance.Firewall;

/// <content>What a state counts with: its rule, the match rules that it met, the rule that translated it, and their tables.</content>
public sealed partial class FirewallShard
{
    internal void CountCreated(in FlowRecord state)
    {
        Counters.CountState((int)state.Rule, Model.Matches[state.MatchSet]);
        if (IsOfTranslationList(state, out IRuleMatcher? list, out int rule)) list.Counters.CountState(rule, default);
    }

    /// <summary>A packet of a state whose ruleset is in force counts with its rules, and in their tables.</summary>
    internal void CountOfState(in FlowRecord state, in PacketView view)
    {
        CountOfState(state, view.Direction, view.Frames, view.Bytes);
        if ((int)state.Rule != RuleMatch.DefaultRule) Tables.CountOfState((int)state.Rule, state, view);
    }

    /// <summary>The same where no table counts (<see cref="TableTally.IsCounting"/>).</summary>
    internal void CountOfState(in FlowRecord state, RuleDirection direction, int frames, long bytes)
    {
        Counters.CountOfState((int)state.Rule, Model.Matches[state.MatchSet], direction, frames, bytes);
        if (IsOfTranslationList(state, out IRuleMatcher? list, out int rule)) list.Counters.Count(rule, direction, frames, bytes);
    }

    private void CountEnded(in FlowRecord state)
    {
        Counters.CountStateEnd((int)state.Rule, Model.Matches[state.MatchSet]);
        if (IsOfTranslationList(state, out IRuleMatcher? list, out int rule)) list.Counters.CountStateEnd(rule, default);
    }

    /// <summary>A nat, rdr or binat rule counts besides the filter's; one of the filter has been counted with that.</summary>
    private bool IsOfTranslationList(in FlowRecord state, [NotNullWhen(true)] out IRuleMatcher? list, out int rule)
    {
        (list, rule) = (null, 0);
        if ((state.Flags & FlowFlags.Translated) == FlowFlags.None) return false;
        RulesetList kind = PackedRule.ListOf(state.TranslationRule);
        if (kind == RulesetList.Filter || state.TranslationRule == PackedRule.None) return false;
        (list, rule) = (Matchers[kind], PackedRule.IndexOf(state.TranslationRule));
        return true;
    }
}
