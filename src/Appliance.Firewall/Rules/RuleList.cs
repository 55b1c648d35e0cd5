using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Appliance.Firewall;

/// <summary>
/// Rules in order, checked, immutable. The rules of an anchor's body follow the anchor in the flat order, so that an index names one
/// rule and the body of anchor a is a+1 up to <see cref="End"/>(a):
/// <code>
///   0 pass   1 anchor   2 pass   3 anchor   4 block   5 pass        End(1) = 5, End(3) = 5; Parent(2) = 1, Parent(4) = 3
///                       '------ body of 1 --------'
///                                           ' of 3'
/// </code>
/// </summary>
public sealed class RuleList
{
    public const int MaximumRules = 1 << 18;                          // in all, anchors included
    public const int MaximumDepth = 32;                               // anchors within anchors; pf's PF_ANCHOR_STACKSIZE

    public static readonly RuleList Empty = new([], RuleOrder.LastMatch);

    private readonly Rule[] _flat;
    private readonly int[] _ends;
    private readonly int[] _parents;

    private RuleList(ImmutableArray<Rule> top, RuleOrder order)
    {
        (Top, Order) = (top, order);
        var flat = new List<Rule>();
        var ends = new List<int>();
        var parents = new List<int>();
        Flatten(top, parent: -1);
        (_flat, _ends, _parents) = ([.. flat], [.. ends], [.. parents]);

        void Flatten(ImmutableArray<Rule> rules, int parent)
        {
            foreach (Rule rule in rules)
            {
                int index = flat.Count;
                flat.Add(rule);
                parents.Add(parent);
                ends.Add(0);
                if (rule.IsAnchor) Flatten(rule.Body, index);
                ends[index] = flat.Count;
            }
        }
    }

    /// <summary>The rules of the main ruleset; those of anchors hang below.</summary>
    public ImmutableArray<Rule> Top { get; }

    public RuleOrder Order { get; }
    public int Count => _flat.Length;
    public Rule this[int index] => _flat[index];

    /// <summary>The index behind the rule and, if it is an anchor, behind its body.</summary>
    public int End(int index) => _ends[index];

    /// <summary>The anchor whose body the rule stands in; -1: it stands in the main ruleset.</summary>
    public int Parent(int index) => _parents[index];

    /// <summary>The outermost anchor that the rule stands in; -1: it stands in the main ruleset.</summary>
    public int Outermost(int index)
    {
        int outermost = -1;
        for (int parent = Parent(index); parent >= 0; parent = Parent(parent)) outermost = parent;
        return outermost;
    }

    /// <summary>
    /// Every flag that some rule looks at. A train of segments that differ in one of these must be judged segment by segment.
    /// </summary>
    public byte TestedTcpFlags => (byte)_flat.Aggregate(0, (mask, rule) => mask | rule.Flags.Mask);

    /// <summary>Whether some rule draws lots for each frame, so that no train is judged as one.</summary>
    public bool JudgesEachFrame => _flat.Any(rule => rule.Probability != 0);

    /// <summary>Checks the rules. All faults are found; with any, the list is null.</summary>
    public static bool TryCreate(
        IEnumerable<Rule> rules, RuleOrder order, [NotNullWhen(true)] out RuleList? list, out ImmutableArray<RuleFault> faults)
    {
        ImmutableArray<Rule> top = [.. rules];
        var found = new List<RuleFault>();
        int count = 0;
        Check(top, depth: 0);
        if (count > MaximumRules) found.Add(new RuleFault("", $"{count} rules, of at most {MaximumRules}"));
        faults = [.. found];
        list = found.Count == 0 ? new RuleList(top, order) : null;
        return list is not null;

        void Check(ImmutableArray<Rule> body, int depth)
        {
            count += body.Length;
            foreach (Rule rule in body)
            {
                found.AddRange(RuleFaults.Of(rule, order).Select(reason => new RuleFault(rule.Id, reason)));
                if (!rule.IsAnchor) continue;
                if (depth == MaximumDepth) found.Add(new RuleFault(rule.Id, $"anchors stand in one another more than {MaximumDepth} deep"));
                else Check(rule.Body, depth + 1);
            }
        }
    }

    /// <summary>As <see cref="TryCreate"/>, for rules that are known to be right.</summary>
    public static RuleList Create(RuleOrder order, params IEnumerable<Rule> rules) =>
        TryCreate(rules, order, out RuleList? list, out ImmutableArray<RuleFault> faults)
            ? list
            : throw new ArgumentException(string.Join("; ", faults), nameof(rules));
}
