using System.Collections.Immutable;
using Appliance.Firewall;
using Appliance.Firewall.Language;
using Appliance.Node;

namespace Appliance.Management;

internal static class PolicyReading
{
    public static RuleDocument[] ReadRules(ApplianceNode node) => [.. node.ReadRules().Select(rule => new RuleDocument(
        rule.Id, rule.Text, rule.Depth, rule.OpensBody, rule.Evaluations, rule.Packets, rule.Bytes, rule.StatesCreated, rule.States))];

    public static TableDocument[] ReadTables(ApplianceNode node) =>
    [
        .. node.Models.Firewall.Tables.Tables.Select(table => new TableDocument(
            table.Contents.Name,
            table.Contents.Count,
            table.Contents.MaximumEntries,
            table.IsConstant,
            table.IsPersistent,
            table.Contents.CountsEntries)),
    ];

    /// <summary>In the order in which packets meet them.</summary>
    public static NatDocument[] ReadNat(ApplianceNode node)
    {
        if (node.Configuration.Firewall is not { Rules: { } rules }) return [];
        ImmutableArray<RuleAccounts> accounts = node.ReadRules();
        return
        [
            .. Of(rules.Rules.BinatOut, rules.BinatOrigins, "binat"),
            .. Of(rules.Rules.Redirect, rules.RedirectOrigins, "rdr"),
            .. Of(rules.Rules.Nat, rules.NatOrigins, "nat"),
            .. accounts.Where((_, index) => rules.Filter[index].Translation != Rule.None)
                .Select(rule => new NatDocument(rule.Id, "filter", rule.Text, rule.States)),
        ];
    }

    private static IEnumerable<NatDocument> Of(RuleList list, ImmutableArray<PfRule> origins, string kind) =>
        Enumerable.Range(0, Math.Min(list.Count, origins.Length))
            .Select(index => new NatDocument(list[index].Id, kind, origins[index].Text, null));
}
