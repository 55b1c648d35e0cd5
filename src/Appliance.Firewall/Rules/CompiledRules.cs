namespace Appliance.Firewall;

/// <summary>
/// A <see cref="RuleList"/> made ready for judging: immutable, shared by all workers. A <see cref="BoxIndex"/> for each family and
/// direction finds the rules whose interfaces, protocol, addresses, ports and ICMP types a packet has; what else a
/// rule asks (flags, tables, tags, lots) is asked of those few, in order.
/// </summary>
public sealed class CompiledRules
{
    private readonly CompiledRule[] _rules;
    private readonly RuleScope[] _scopes;           // by rule; empty where there are no anchors
    private readonly BoxIndex[] _indexes = new BoxIndex[4];

    private CompiledRules(RuleList list)
    {
        List = list;
        var checks = new RuleChecks[list.Count];
        for (int index = 0; index < checks.Length; index++) checks[index] = ChecksOf(list[index]);
        for (int i = 0; i < _indexes.Length; i++)
            _indexes[i] = new BoxIndex(BoxMaker.Make(list, i < 2 ? RuleDirection.In : RuleDirection.Out, isV6: (i & 1) != 0, checks));
        _rules = new CompiledRule[list.Count];
        for (int index = 0; index < checks.Length; index++) _rules[index] = new CompiledRule(list, index, checks[index]);
        bool hasAnchors = Enumerable.Range(0, list.Count).Any(index => list[index].IsAnchor);
        _scopes = hasAnchors
            ? [.. Enumerable.Range(0, list.Count).Select(index => new RuleScope(list.Parent(index), list.End(index)))]
            : [];
    }

    public RuleList List { get; }

    /// <summary>What the indexes take; the rules themselves come on top.</summary>
    public long MemoryBytes => _indexes.Sum(index => index.MemoryBytes) + (8L * (_rules.Length + _scopes.Length));

    public static CompiledRules Compile(RuleList list) => new(list);

    /// <summary>Tables that a packet looks into, of the family and direction that have most.</summary>
    internal int TableCount => _indexes.Max(index => index.TableCount);

    internal int MostVisits => _indexes.Max(index => index.MostVisits);

    internal ReadOnlySpan<CompiledRule> Rules => _rules;

    /// <summary>By rule; empty where there are no anchors.</summary>
    internal ReadOnlySpan<RuleScope> Scopes => _scopes;

    internal BoxIndex IndexOf(in PacketView packet) => _indexes[(packet.Direction == RuleDirection.Out ? 2 : 0) + (packet.IsV6 ? 1 : 0)];

    private static RuleChecks ChecksOf(Rule rule) =>
        (!rule.Flags.IsAny ? RuleChecks.TcpFlags : 0) | (rule.Tos is not null ? RuleChecks.Tos : 0)
        | (rule.FragmentsOnly ? RuleChecks.Fragment : 0) | (rule.ReceivedOn is not null ? RuleChecks.ReceivedOn : 0)
        | (rule.Tagged != 0 ? RuleChecks.Tagged : 0) | (rule.Probability != 0 ? RuleChecks.Probability : 0);
}
