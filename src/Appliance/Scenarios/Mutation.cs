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
/// <param name="File">Where it stands, as the file can be opened: configurations in other folders name the same file otherwise.</param>
internal sealed record Mutation(string Name, SourcePosition Position, string Text, string? Table, string File)
{
    /// <summary>Where it stands: <c>file:line:column</c>.</summary>
    public string Place => (Position with { File = File }).ToString();

    /// <summary>
    /// The model without it. The model is its own: a table of it loses its entries. Of rules that share a label, those behind it move up.
    /// </summary>
    /// <param name="model">Of a configuration whose ruleset it is of.</param>
    /// <param name="folder">In which the configuration stands: its files are named from there.</param>
    public RuntimeModel Apply(RuntimeModel model, string folder)
    {
        Configuration.FirewallModel firewall = model.Firewall!;         // it is of a ruleset that this model has
        foreach (ResolvedTable table in firewall.Rules.Tables)
            if (table.Contents.Name == Table) table.Contents.Replace([]);
        if (Table is not null) return model;
        PfRuleset parsed = firewall.Rules.Parsed;
        ResolvedRuleset changed = firewall.Rules with { Parsed = parsed with { Rules = Without(parsed.Rules, folder) } };
        ResolvedRuleset rules = changed.On(firewall.Rules.Ports).Ruleset!;      // fewer rules have no more errors
        return model with { Firewall = firewall with { Rules = rules } };
    }

    private PfRuleSections Without(PfRuleSections sections, string folder) => sections with
    {
        Nat = Without(sections.Nat, folder),
        Binat = Without(sections.Binat, folder),
        Rdr = Without(sections.Rdr, folder),
        Filter = Without(sections.Filter, folder),
    };

    private ImmutableArray<PfRule> Without(ImmutableArray<PfRule> rules, string folder) =>
    [
        .. rules.Where(rule => !IsAt(rule.Position, folder)).Select(rule => rule.Anchor is { Body: { } body } anchor
            ? rule with { Anchor = anchor with { Body = Without(body, folder) } }
            : rule),
    ];

    private bool IsAt(SourcePosition position, string folder) =>
        position with { File = Position.File } == Position
        && Path.GetFullPath(Path.Combine(folder, position.File)) == Path.GetFullPath(File);
}
