namespace Appliance.Firewall;

/// <summary>
/// A <see cref="RuleList"/> made ready for judging: immutable, shared by all workers. A <see cref="RuleTree"/> for each family and
/// direction finds the rules whose interfaces, protocol, addresses, ports and ICMP types a packet has; what else a
/// rule asks (flags, tables, tags, lots) is asked of those few, in order.
/// </summary>
public sealed class CompiledRules
{
    private readonly CompiledRule[] _rules;
    private readonly RuleTree[] _trees = new RuleTree[4];

    private CompiledRules(RuleList list)
    {
        List = list;
        var checks = new RuleChecks[list.Count];
        for (int index = 0; index < checks.Length; index++) checks[index] = ChecksOf(list[index]);
        for (int tree = 0; tree < _trees.Length; tree++)
            _trees[tree] = new RuleTree(BoxMaker.Make(list, tree < 2 ? RuleDirection.In : RuleDirection.Out, isV6: (tree & 1) != 0, checks));
        _rules = new CompiledRule[list.Count];
        for (int index = 0; index < checks.Length; index++) _rules[index] = new CompiledRule(list, index, checks[index]);
    }

    public RuleList List { get; }

    /// <summary>What the trees take; the rules themselves come on top.</summary>
    public long MemoryBytes => _trees.Sum(tree => tree.MemoryBytes) + (56L * _rules.Length);

    public static CompiledRules Compile(RuleList list) => new(list);

    /// <summary>Nodes on the longest way through a tree.</summary>
    internal int TreeDepth => _trees.Max(tree => tree.Depth);

    internal ReadOnlySpan<CompiledRule> Rules => _rules;

    internal RuleTree TreeOf(in PacketView packet) => _trees[(packet.Direction == RuleDirection.Out ? 2 : 0) + (packet.IsV6 ? 1 : 0)];

    private static RuleChecks ChecksOf(Rule rule) =>
        (rule.Flags.Mask != 0 ? RuleChecks.TcpFlags : 0) | (rule.Tos is not null ? RuleChecks.Tos : 0)
        | (rule.FragmentsOnly ? RuleChecks.Fragment : 0) | (rule.ReceivedOn is not null ? RuleChecks.ReceivedOn : 0)
        | (rule.Tagged != 0 ? RuleChecks.Tagged : 0) | (rule.Probability != 0 ? RuleChecks.Probability : 0);
}
