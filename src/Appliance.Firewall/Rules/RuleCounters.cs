namespace Appliance.Firewall;

/// <summary>
/// The counters of a <see cref="RuleList"/> on one worker, as <c>pfctl -vsr</c> shows them; those of all workers are added up by the
/// reader. Each is written by its worker only and may be read at any time.
/// <para>
/// <i>Evaluations</i> are packets (frames, of a train) that reached the rule's place undecided. pf leaves out those that its skip steps
/// carry past a rule because it shares a failed condition with the one before; which those are depends on the neighbours and not on the
/// rule. Here none are left out. They are kept as two counts for a packet instead of one for each rule it passes: where it stopped, and
/// which anchors it entered.
/// </para>
/// </summary>
public sealed class RuleCounters
{
    private readonly RuleList _rules;
    private readonly long[] _stopped;               // packets that met this rule and none behind it
    private readonly long[] _entered;               // packets that met the body of this anchor; at the end: the main ruleset
    private readonly RuleTraffic[] _traffic;        // in, out
    private readonly long[] _states;
    private readonly long[] _ended;
    private readonly int[] _anchors;                // the outermost that each rule stands in, or -1

    public RuleCounters(RuleList rules)
    {
        _rules = rules;
        _stopped = new long[rules.Count];
        _entered = new long[rules.Count + 1];
        _traffic = new RuleTraffic[2 * rules.Count];
        _states = new long[rules.Count];
        _ended = new long[rules.Count];
        _anchors = [.. Enumerable.Range(0, rules.Count).Select(rules.Outermost)];
    }

    public long Packets(int rule, RuleDirection direction) => _traffic[Slot(rule, direction)].Packets;

    public long Bytes(int rule, RuleDirection direction) => _traffic[Slot(rule, direction)].Bytes;

    public long StatesCreated(int rule) => _states[rule];

    /// <summary>Of states that other workers may have made: only the sum over all workers says how many there are.</summary>
    public long StatesEnded(int rule) => _ended[rule];

    /// <summary>Packets that the rule, or a state it made, passed or blocked. The implicit default rule counts nowhere.</summary>
    public void Count(int rule, RuleDirection direction, int packets, long bytes)
    {
        if (rule == RuleMatch.DefaultRule) return;
        ref RuleTraffic traffic = ref _traffic[Slot(rule, direction)];
        traffic.Packets += packets;
        traffic.Bytes += bytes;
    }

    /// <summary>A decision that has been carried out: counts with the rule and with its anchor. Match rules have been counted.</summary>
    public void CountDecision(in RuleMatch match, in PacketView packet)
    {
        Count(match.Rule, packet.Direction, packet.Frames, packet.Bytes);
        Count(match.Anchor, packet.Direction, packet.Frames, packet.Bytes);
    }

    /// <summary>A packet of a state: counts with its rule, with that rule's anchor, and with the match rules that the state met.</summary>
    public void CountOfState(int rule, ReadOnlySpan<int> matches, RuleDirection direction, int packets, long bytes)
    {
        if (rule != RuleMatch.DefaultRule)
        {
            Count(rule, direction, packets, bytes);
            Count(_anchors[rule], direction, packets, bytes);
        }

        foreach (int match in matches) Count(match, direction, packets, bytes);
    }

    public void CountState(int rule, ReadOnlySpan<int> matches) => CountState(_states, rule, matches);

    public void CountStateEnd(int rule, ReadOnlySpan<int> matches) => CountState(_ended, rule, matches);

    /// <summary>The evaluations of every rule, by index.</summary>
    public long[] Evaluations()
    {
        var evaluations = new long[_rules.Count];
        CountLevel(0, _rules.Count, _entered[_rules.Count], evaluations);
        return evaluations;
    }

    internal void EnterMain(int packets) => _entered[^1] += packets;

    internal void EnterBody(int anchor, int packets) => _entered[anchor] += packets;

    /// <summary>Nothing behind this rule was looked at. Said once for each packet, whether or not it was decided.</summary>
    internal void Stop(int rule, int packets) => _stopped[rule] += packets;

    /// <summary>Of the packets that came in, those count for a rule that did not stop before it, deeper anchors included.</summary>
    private void CountLevel(int first, int end, long packets, long[] evaluations)
    {
        for (int rule = first; rule < end; rule = _rules.End(rule))
        {
            evaluations[rule] = packets;
            if (_rules[rule].IsAnchor) CountLevel(rule + 1, _rules.End(rule), _entered[rule], evaluations);
            for (int inside = rule; inside < _rules.End(rule); inside++) packets -= _stopped[inside];
        }
    }

    private void CountState(long[] counts, int rule, ReadOnlySpan<int> matches)
    {
        if (rule != RuleMatch.DefaultRule)
        {
            counts[rule]++;
            if (_anchors[rule] >= 0) counts[_anchors[rule]]++;
        }

        foreach (int match in matches) counts[match]++;
    }

    private static int Slot(int rule, RuleDirection direction) => (2 * rule) + (direction == RuleDirection.Out ? 1 : 0);

    /// <summary>Together, so that a packet of one of many rules touches one line.</summary>
    private struct RuleTraffic
    {
        public long Packets;
        public long Bytes;
    }
}
