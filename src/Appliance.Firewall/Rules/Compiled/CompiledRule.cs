namespace Appliance.Firewall;

/// <summary>What judging needs of a rule whose box a packet is in, side by side.</summary>
internal readonly struct CompiledRule
{
    public CompiledRule(RuleList list, int index, RuleChecks checks)
    {
        Rule = list[index];
        Parent = list.Parent(index);
        End = list.End(index);
        Checks = checks;
        Tag = Rule.Tag;
        Tagged = Rule.Tagged;
        Flags = Rule.Flags;
        Kind = Rule.IsAnchor ? (Rule.Quick ? CompiledRuleKind.QuickAnchor : CompiledRuleKind.Anchor)
            : Rule.Action == RuleAction.Match ? CompiledRuleKind.Match
            : Rule.Quick || list.Order == RuleOrder.FirstMatch ? CompiledRuleKind.Ending
            : CompiledRuleKind.Deciding;
    }

    public Rule Rule { get; }
    public int Parent { get; }
    public int End { get; }
    public RuleChecks Checks { get; }
    public ushort Tag { get; }
    public ushort Tagged { get; }
    public TcpFlagsMatch Flags { get; }
    public CompiledRuleKind Kind { get; }
}
