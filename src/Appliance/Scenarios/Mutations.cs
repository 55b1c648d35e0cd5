using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Scenarios;

/// <summary>
/// All that can be taken out of a ruleset, one at a time: its statements that are rules (with all the rules that one is expanded to) and
/// the contents of its tables.
/// </summary>
internal static class Mutations
{
    /// <param name="model">None where it has no ruleset.</param>
    /// <param name="pathTo">A file that the ruleset names, as it can be opened.</param>
    public static IReadOnlyList<Mutation> Of(RuntimeModel model, Func<string, string> pathTo)
    {
        if (model.Firewall?.Rules is not { } rules) return [];
        IEnumerable<Mutation> tables = rules.Parsed.Tables.Where(table => table.Entries.Length > 0).Select(table => new Mutation(
            $"table <{table.Name}>", table.Position, $"table <{table.Name}>", table.Name, pathTo(table.Position.File)));
        IEnumerable<Mutation> statements = OriginsOf(rules).GroupBy(rule => rule.Origin.Position).Select(statement =>
        {
            (Rule first, PfRule origin) = statement.First();
            return new Mutation($"rule {first.Id}", statement.Key, origin.Text, Table: null, pathTo(statement.Key.File));
        });
        return [.. tables, .. statements];
    }

    private static IEnumerable<(Rule Rule, PfRule Origin)> OriginsOf(ResolvedRuleset rules) =>
    [
        .. Pair(rules.Rules.Nat, rules.NatOrigins),
        .. Pair(rules.Rules.BinatOut, rules.BinatOrigins),
        .. Pair(rules.Rules.Redirect, rules.RedirectOrigins),
        .. Pair(rules.Filter, rules.Origins),
    ];

    private static IEnumerable<(Rule Rule, PfRule Origin)> Pair(RuleList list, ImmutableArray<PfRule> origins) =>
        origins.Select((origin, index) => (list[index], origin));
}
