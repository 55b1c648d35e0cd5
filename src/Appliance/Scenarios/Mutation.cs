using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Scenarios;

/// <summary>A configuration with one statement of its ruleset gone, or one table empty.</summary>
/// <param name="Name">What is gone, by the identifier that reports give it.</param>
/// <param name="Position">Where it stands, as the ruleset has it.</param>
/// <param name="Text">What it says, normalized.</param>
/// <param name="Table">The table that is to be empty; null: a statement is to be gone, with all rules that it was expanded to.</param>
internal sealed record Mutation(string Name, SourcePosition Position, string Text, string? Table)
{
    /// <summary>
    /// The model without it. The model is its own: a table of it loses its entries. Of rules that share a label, those behind it move up.
    /// </summary>
    public RuntimeModel Apply(RuntimeModel model)
    {
        Configuration.FirewallModel firewall = model.Firewall!;         // it is of a ruleset that this model has
        foreach (ResolvedTable table in firewall.Rules.Tables)
            if (table.Contents.Name == Table) table.Contents.Replace([]);
        if (Table is not null) return model;
        PfRuleset parsed = firewall.Rules.Parsed;
        ResolvedRuleset changed = firewall.Rules with { Parsed = parsed with { Rules = Without(parsed.Rules) } };
        ResolvedRuleset rules = changed.On(firewall.Rules.Ports).Ruleset!;      // fewer rules have no more errors
        return model with { Firewall = firewall with { Rules = rules } };
    }

    private PfRuleSections Without(PfRuleSections sections) => sections with
    {
        Nat = Without(sections.Nat),
        Binat = Without(sections.Binat),
        Rdr = Without(sections.Rdr),
        Filter = Without(sections.Filter),
    };

    private ImmutableArray<PfRule> Without(ImmutableArray<PfRule> rules) =>
    [
        .. rules.Where(rule => rule.Position != Position).Select(rule => rule.Anchor is { Body: { } body } anchor
            ? rule with { Anchor = anchor with { Body = Without(body) } }
            : rule),
    ];
}
