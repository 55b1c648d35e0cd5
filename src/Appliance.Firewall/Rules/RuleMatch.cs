using System.Diagnostics.CodeAnalysis;

namespace Appliance.Firewall;

/// <summary>
/// What an evaluation found. The caller owns it, one for many packets; rules are named by their index in the <see cref="RuleList"/>.
/// </summary>
public struct RuleMatch
{
    /// <summary>
    /// No rule matched: the implicit default rule passes the packet, and without a state. Among nat rules: nothing is translated.
    /// </summary>
    public const int DefaultRule = -1;

    private RuleTrail _trail;

    /// <summary>The rule that decided, or <see cref="DefaultRule"/>.</summary>
    public int Rule { get; internal set; }

    /// <summary>The outermost anchor that the rule stands in, or -1. pf counts the packet with both.</summary>
    public int Anchor { get; internal set; }

    public RuleAction Action { get; internal set; }

    /// <summary>
    /// The packet's tag after the rules: its own, or the last that a matching rule set. A blocked packet has no use for it.
    /// </summary>
    public ushort Tag { get; internal set; }

    /// <summary>What the match rules and the deciding rule together have logged.</summary>
    public LogOptions Log { get; internal set; }

    /// <summary>
    /// Whether this packet is logged with the deciding rule. False too where the trail has that record already, because of
    /// <see cref="LogOptions.Matches"/>.
    /// </summary>
    public bool LogsDecision { get; internal set; }

    /// <summary>
    /// A match rule that translates, or <see cref="DefaultRule"/>. The evaluation stands behind it: translate the packet and call <see
    /// cref="IRuleMatcher.Resume"/> before anything else is evaluated there. Only the trail and the tag are valid until then.
    /// </summary>
    public int Pending { get; internal set; }

    /// <summary>The rules that matched and did not decide.</summary>
    [UnscopedRef]
    public ref RuleTrail Trail => ref _trail;

    public readonly bool IsPending => Pending != DefaultRule;
    public readonly bool IsDefault => Rule == DefaultRule;

    /// <summary>Whether the deciding rule stands in the trail as logged.</summary>
    internal bool DecisionIsInTrail { get; set; }

    /// <summary>The filter is not asked: as if the implicit default rule had passed the packet.</summary>
    internal void PassUnasked(ushort tag) => Begin(tag);

    internal void Begin(ushort tag)
    {
        (Rule, Anchor, Pending) = (DefaultRule, DefaultRule, DefaultRule);
        (Action, Tag, Log, LogsDecision, DecisionIsInTrail) = (RuleAction.Pass, tag, LogOptions.None, false, false);
        _trail.Clear();
    }
}
