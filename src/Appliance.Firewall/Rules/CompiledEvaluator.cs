using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>Judges by <see cref="CompiledRules"/>, with the answers of <see cref="NaiveEvaluator"/>. One belongs to one worker.</summary>
/// <param name="rules">The rules.</param>
/// <param name="routes">What rules ask of the routes.</param>
/// <param name="random">Of chance.</param>
/// <param name="reader">The worker whose view of tables counts; without one, tables are read as they are.</param>
public sealed class CompiledEvaluator(CompiledRules rules, IRouteFacts routes, KeyedRandom random, int reader = AddressTable.NoReader)
    : IRuleMatcher
{
    private readonly FoundRules _found = new(rules.List.Count, rules.MostVisits);
    private readonly int[] _anchors = new int[RuleList.MaximumDepth];           // those entered and not left
    private readonly bool[] _decided = new bool[RuleList.MaximumDepth];         // whether something within passed or blocked the packet
    private int _depth;

    public CompiledRules Compiled => rules;
    public RuleList Rules => rules.List;
    public RuleCounters Counters { get; } = new(rules.List);

    public void Evaluate(in PacketView packet, ref RuleMatch match)
    {
        match.Begin(packet.Tag);
        _depth = 0;
        Counters.EnterMain(packet.Frames);
        rules.IndexOf(packet).Collect(packet, _found);
        Run(packet, RuleMatch.DefaultRule, ref match);
    }

    public void Resume(in PacketView packet, ref RuleMatch match)
    {
        int behind = match.Pending;
        match.Pending = RuleMatch.DefaultRule;
        rules.IndexOf(packet).Collect(packet, _found);
        Run(packet, behind, ref match);
    }

    /// <summary>Goes through the rules found behind this one.</summary>
    private void Run(in PacketView packet, int behind, ref RuleMatch match)
    {
        ReadOnlySpan<CompiledRule> all = rules.Rules;
        bool hasAnchors = !rules.Scopes.IsEmpty;
        int last = all.Length - 1;
        while (_found.TryTake(behind, out int index))
        {
            ref readonly CompiledRule rule = ref all[index];
            behind = index;
            if (hasAnchors)
            {
                if (LeaveAnchors(index) is >= 0 and var end)
                {
                    last = end;
                    break;
                }

                // The rules of an anchor that was not entered are found as well.
                if (rules.Scopes[index].Parent != (_depth > 0 ? _anchors[_depth - 1] : -1)) continue;
            }

            if (rule.Checks != RuleChecks.None && !Holds(rule, index, packet, match.Tag)) continue;
            if (rule.Tag != 0) match.Tag = rule.Tag;
            if (rule.Kind <= CompiledRuleKind.Ending)
            {
                Decide(rule, index, ref match);
                if (rule.Kind == CompiledRuleKind.Deciding) continue;
                last = index;
                break;
            }

            if (rule.Kind == CompiledRuleKind.Match)
            {
                Gather(rules.List[index], index, packet, ref match);
                if (match.IsPending) return;
                continue;
            }

            Counters.EnterBody(index, packet.Frames);
            _anchors[_depth] = index;
            _decided[_depth++] = false;
        }

        if (LeaveAnchors(all.Length) is >= 0 and var left) last = Math.Min(last, left);
        if (last >= 0) Counters.Stop(last, packet.Frames);
        Finish(ref match);
    }

    /// <summary>
    /// Leaves the anchors that end before this rule. The last rule of the one that ends the evaluation, being quick and having decided, or
    /// -1: none does.
    /// </summary>
    private int LeaveAnchors(int index)
    {
        while (_depth > 0 && index >= rules.Scopes[_anchors[_depth - 1]].End)
        {
            int anchor = _anchors[--_depth];
            if (!_decided[_depth]) continue;
            if (rules.Rules[anchor].Kind == CompiledRuleKind.QuickAnchor) return rules.Scopes[anchor].End - 1;
            if (_depth > 0) _decided[_depth - 1] = true;
        }

        return -1;
    }

    private void Decide(in CompiledRule rule, int index, ref RuleMatch match)
    {
        match.Rule = index;
        match.Action = rule.Action;
        match.Anchor = _depth > 0 ? _anchors[0] : -1;
        if (_depth > 0) _decided[_depth - 1] = true;
        match.DecisionIsInTrail = (match.Log & LogOptions.Matches) != 0 && match.Trail.TryAdd(index, gathered: false, logged: true);
    }

    private void Gather(Rule rule, int index, in PacketView packet, ref RuleMatch match)
    {
        Counters.Count(index, packet.Direction, packet.Frames, packet.Bytes);
        match.Log |= rule.Log;
        match.Trail.TryAdd(index, gathered: true, logged: rule.Log != LogOptions.None || (match.Log & LogOptions.Matches) != 0);
        if (rule.Translation != Rule.None) match.Pending = index;
    }

    private void Finish(ref RuleMatch match)
    {
        LogOptions own = match.IsDefault ? LogOptions.None : rules.Rules[match.Rule].Log;
        match.Log |= own;
        match.LogsDecision = (own != LogOptions.None || (match.Log & LogOptions.Matches) != 0) && !match.DecisionIsInTrail;
    }

    private bool Holds(in CompiledRule rule, int index, in PacketView packet, ushort tag)
    {
        RuleChecks checks = rule.Checks;
        if ((checks & RuleChecks.TcpFlags) != 0 && packet.Protocol == IpProtocol.Tcp
            && ((packet.TcpFlags & rule.Flags.Mask) != rule.Flags.Set || packet.IsLaterFragment)) return false;
        return (checks & ~RuleChecks.TcpFlags) == 0 || HoldsRarely(rule, index, packet, tag);
    }

    /// <summary>What few rules ask, the costly last.</summary>
    private bool HoldsRarely(in CompiledRule compiled, int index, in PacketView packet, ushort tag)
    {
        Rule rule = rules.List[index];
        RuleChecks checks = compiled.Checks;
        if ((checks & RuleChecks.Tos) != 0 && packet.Tos != rule.Tos) return false;
        if ((checks & RuleChecks.Fragment) != 0 && !packet.IsLaterFragment) return false;
        if ((checks & RuleChecks.Interface) != 0 && !rule.Interfaces.Contains(packet.Port)) return false;
        if ((checks & RuleChecks.Tagged) != 0 && (tag == rule.Tagged) == rule.TaggedIsNegated) return false;
        if ((checks & RuleChecks.ReceivedOn) != 0 && !rule.ReceivedOn!.Contains(packet.ReceivedOn)) return false;
        if ((checks & RuleChecks.Source) != 0 && !RuleConditions.Holds(rule.Source, packet.Source, packet, routes, reader)) return false;
        if ((checks & RuleChecks.Destination) != 0
            && !RuleConditions.Holds(rule.Destination, packet.Destination, packet, routes, reader)) return false;
        return (checks & RuleChecks.Probability) == 0 || RuleLottery.Draws(random, packet, index, rule.Probability);
    }
}
