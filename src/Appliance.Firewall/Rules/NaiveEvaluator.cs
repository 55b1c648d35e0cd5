using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The rules as pf evaluates them (pf_test_rule, pf_test_fragment and pf_match_translation in FreeBSD 14's pf.c), one after another: what
/// <see cref="CompiledEvaluator"/> is tested against, and what explains a decision rule by rule.
/// <para>
/// One deviation, for the text of pf.conf(5): a quick anchor ends the evaluation if any rule within it passed or blocked the
/// packet. pf.c forgets so when an anchor nested behind that rule is entered and nothing in it matches.
/// </para>
/// </summary>
public sealed class NaiveEvaluator(RuleList rules, IRouteFacts routes, KeyedRandom random) : IRuleMatcher
{
    private readonly Stack<Frame> _stack = new(RuleList.MaximumDepth + 1);
    private readonly long[] _evaluations = new long[rules.Count];

    public RuleList Rules => rules;
    public RuleCounters Counters { get; } = new(rules);

    /// <summary>Counted where it happens; what <see cref="RuleCounters.Evaluations"/> must come to.</summary>
    public IReadOnlyList<long> Evaluations => _evaluations;

    /// <summary>
    /// Asked for every rule met, with what kept it from matching (null: it matched). For explanations; null where nobody listens.
    /// </summary>
    public Action<int, RuleCondition?>? Explain { get; set; }

    public void Evaluate(in PacketView packet, ref RuleMatch match)
    {
        match.Begin(packet.Tag);
        _stack.Clear();
        _stack.Push(new Frame { Rules = rules.Top, Anchor = -1 });
        Counters.EnterMain(packet.Frames);
        Run(packet, ref match);
    }

    public void Resume(in PacketView packet, ref RuleMatch match)
    {
        match.Pending = RuleMatch.DefaultRule;
        Run(packet, ref match);
    }

    private void Run(in PacketView packet, ref RuleMatch match)
    {
        int last = rules.Count - 1;
        while (_stack.TryPeek(out Frame? frame))
        {
            if (frame.Next == frame.Rules.Length)
            {
                _stack.Pop();
                if (!StepOut(frame)) continue;
                last = frame.Place - 1;
                break;
            }

            Rule rule = frame.Rules[frame.Next++];
            int index = frame.Place;
            frame.Place += Size(rule);
            _evaluations[index] += packet.Frames;
            RuleCondition? failed = RuleConditions.FirstFailed(rule, index, packet, match.Tag, routes, random);
            Explain?.Invoke(index, failed);
            if (failed is not null) continue;
            if (rule.Tag != 0) match.Tag = rule.Tag;
            if (rule.IsAnchor)
            {
                _stack.Push(new Frame { Rules = rule.Body, Place = index + 1, Anchor = index });
                Counters.EnterBody(index, packet.Frames);
            }
            else if (rule.Action == RuleAction.Match)
            {
                Gather(rule, index, packet, ref match);
                if (match.IsPending) return;
            }
            else
            {
                frame.HasMatch = true;
                Decide(rule, index, ref match);
                if (!rule.Quick && rules.Order == RuleOrder.LastMatch) continue;
                last = index;
                break;
            }
        }

        if (last >= 0) Counters.Stop(last, packet.Frames);
        Finish(ref match);
    }

    /// <summary>What matched within an anchor matched within those around it. True if the anchor ends the evaluation.</summary>
    private bool StepOut(Frame frame)
    {
        if (!_stack.TryPeek(out Frame? around)) return false;
        around.HasMatch |= frame.HasMatch;
        return frame.HasMatch && rules[frame.Anchor].Quick;
    }

    private void Gather(Rule rule, int index, in PacketView packet, ref RuleMatch match)
    {
        Counters.Count(index, packet.Direction, packet.Frames, packet.Bytes);
        match.Log |= rule.Log;
        bool logged = rule.Log != LogOptions.None || (match.Log & LogOptions.Matches) != 0;
        match.Trail.TryAdd(index, gathered: true, logged);
        if (rule.Translation != Rule.None) match.Pending = index;
    }

    private void Decide(Rule rule, int index, ref RuleMatch match)
    {
        match.Rule = index;
        match.Action = rule.Action;
        match.Anchor = -1;
        foreach (Frame frame in _stack)                               // the innermost first
            if (frame.Anchor >= 0) match.Anchor = frame.Anchor;
        bool logged = (match.Log & LogOptions.Matches) != 0;
        match.DecisionIsInTrail = logged && match.Trail.TryAdd(index, gathered: false, logged: true);
    }

    private void Finish(ref RuleMatch match)
    {
        LogOptions own = match.IsDefault ? LogOptions.None : rules[match.Rule].Log;
        match.Log |= own;
        match.LogsDecision = (own != LogOptions.None || (match.Log & LogOptions.Matches) != 0) && !match.DecisionIsInTrail;
    }

    private static int Size(Rule rule) => 1 + (rule.IsAnchor ? rule.Body.Sum(Size) : 0);

    /// <summary>A list of rules being gone through.</summary>
    private sealed class Frame
    {
        public required ImmutableArray<Rule> Rules { get; init; }
        public required int Anchor { get; init; }                     // whose body it is; -1: the main ruleset
        public int Next { get; set; }                                 // in the list
        public int Place { get; set; }                                // the same in the flat order
        public bool HasMatch { get; set; }
    }
}
