namespace Appliance.Firewall.Language;

/// <summary>Takes whole statements in their order, expands rules at once, and makes the ruleset of them.</summary>
internal sealed class RulesetBuilder(ErrorLog errors)
{
    private readonly List<string> _lines = [];
    private readonly List<PfTable> _tables = [];
    private readonly List<LoadAnchor> _loadAnchors = [];
    private readonly List<PfStatement> _statements = [];
    private readonly Stack<RuleLevel> _levels = new([new RuleLevel()]);
    private int _rules;

    /// <summary>A line that pfctl prints as soon as it reads the statement.</summary>
    public void AddLine(string line) => _lines.Add(line);

    public void Add(PfTable table)
    {
        _tables.Add(table);
        _lines.Add(TableText.Of(table));
    }

    public void Add(LoadAnchor load) => _loadAnchors.Add(load);

    public void Add(PfStatement statement) => _statements.Add(statement);

    public void Add(RuleStatement statement)
    {
        RuleLevel level = _levels.Peek();
        int added = 0;
        int problems = errors.Count;
        foreach (PfRule rule in new RuleExpander(errors, statement).Expand())
        {
            if (!CountRule(rule.Position)) return;
            PfRule whole = rule with { Number = level.NextNumber++ };
            whole = LabelMacros.Expand(whole);
            level.Add(whole with { Text = RuleText.Of(whole) });
            added++;
        }

        if (added == 0 && errors.Count == problems)
            errors.Add(statement.Template.Position, "rule expands to no valid combination");
    }

    public void Add(EtherStatement statement)
    {
        foreach (EtherRule rule in EtherExpander.Expand(statement))
        {
            if (!CountRule(rule.Position)) return;
            _levels.Peek().Add(rule with { Text = EtherText.Of(rule) });
        }
    }

    public void EnterAnchor() => _levels.Push(new RuleLevel());

    public PfRuleSections LeaveAnchor() => _levels.Pop().ToSections();

    public PfRuleset Build(PfOptions options)
    {
        PfRuleSections rules = _levels.Peek().ToSections();
        return new PfRuleset
        {
            Options = options,
            Tables = [.. _tables],
            LoadAnchors = [.. _loadAnchors],
            Rules = rules,
            Statements = [.. _statements],
            Lines = [.. _lines, .. RulesetLines.Of(rules)],
        };
    }

    private bool CountRule(SourcePosition position)
    {
        if (++_rules == PfLimits.Rules + 1) errors.Add(position, $"the ruleset expands to more than {PfLimits.Rules} rules");
        return _rules <= PfLimits.Rules;
    }
}
