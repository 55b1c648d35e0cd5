using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Firewall;

namespace Appliance.Scenarios;

/// <summary>A configuration with one statement of its ruleset gone, or one table empty.</summary>
/// <param name="Name">What is gone, by the identifier that reports give it.</param>
/// <param name="Position">Where it stands: <c>file:line:column</c>, as the file can be opened.</param>
/// <param name="Text">What it says, normalized.</param>
/// <param name="Ids">The rules that the statement became.</param>
/// <param name="Table">The table that is to be empty, or null.</param>
internal sealed record Mutation(string Name, string Position, string Text, ImmutableHashSet<string> Ids, string? Table)
{
    /// <summary>The model without it. The model is its own: a table of it loses its entries.</summary>
    public RuntimeModel Apply(RuntimeModel model)
    {
        if (model.Firewall is not { } firewall) return model;
        foreach (ResolvedTable table in firewall.Rules.Tables)
            if (table.Contents.Name == Table) table.Contents.Replace([]);
        ResolvedRuleset rules = firewall.Rules;
        return model with { Firewall = firewall with { Rules = rules with { Rules = Without(rules.Rules), Origins = [.. Kept(rules)] } } };
    }

    private Ruleset Without(Ruleset lists) => new()
    {
        Filter = Without(lists.Filter),
        Nat = Without(lists.Nat),
        Redirect = Without(lists.Redirect),
        BinatOut = Without(lists.BinatOut),
        BinatIn = Without(lists.BinatIn),
    };

    private RuleList Without(RuleList list) => RuleList.Create(list.Order, Without(list.Top));

    private ImmutableArray<Rule> Without(ImmutableArray<Rule> rules) =>
    [
        .. rules.Where(rule => !Ids.Contains(rule.Id)).Select(rule => rule.IsAnchor ? rule with { Body = Without(rule.Body) } : rule),
    ];

    private IEnumerable<Firewall.Language.PfRule> Kept(ResolvedRuleset rules)
    {
        for (int index = 0; index < rules.Filter.Count; index++)
        {
            int around = index;
            while (around >= 0 && !Ids.Contains(rules.Filter[around].Id)) around = rules.Filter.Parent(around);
            if (around < 0) yield return rules.Origins[index];
        }
    }
}
