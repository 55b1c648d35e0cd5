namespace Appliance.Firewall.Language;

/// <summary>A filter rule while its options are read: the statement, and what was said explicitly, which is said once only.</summary>
internal sealed class FilterDraft(RuleStatement statement)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    public RuleStatement Statement { get; set; } = statement;

    public PfRule Rule
    {
        get => Statement.Template;
        set => Statement = Statement with { Template = value };
    }

    public RuleLists Lists
    {
        get => Statement.Lists;
        set => Statement = Statement with { Lists = value };
    }

    /// <summary>False the second time.</summary>
    public bool Say(string option) => _said.Add(option);

    public bool HasSaid(string option) => _said.Contains(option);
}
