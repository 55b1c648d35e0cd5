using System.Collections.Immutable;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>The counters of all rules. Right at rest; while workers judge, each number is from its own moment.</summary>
internal static class RuleReading
{
    /// <summary>By the order of the ruleset, each anchor before its rules; none where there is no ruleset.</summary>
    public static ImmutableArray<RuleAccounts> Read(ApplianceNode node)
    {
        if (node.Configuration.Firewall is not { Rules: { } rules }) return [];
        RuleList list = rules.Filter;

        // A worker that has not read its mail yet still counts by the ruleset before.
        RuleCounters[] counters = [.. node.Shards
            .Where(shard => ReferenceEquals(shard.Model, node.Models.Firewall)).Select(shard => shard.Counters)];
        var evaluations = new long[list.Count];
        foreach (long[] counted in counters.Select(counter => counter.Evaluations()))
        {
            for (int rule = 0; rule < evaluations.Length; rule++) evaluations[rule] += counted[rule];
        }

        return [.. Enumerable.Range(0, list.Count).Select(rule => new RuleAccounts
        {
            Id = list[rule].Id,
            Text = rules.Origins[rule].Text,
            Depth = DepthOf(list, rule),
            OpensBody = list.End(rule) > rule + 1,
            Evaluations = evaluations[rule],
            Packets = counters.Sum(count => count.Packets(rule, RuleDirection.In) + count.Packets(rule, RuleDirection.Out)),
            Bytes = counters.Sum(count => count.Bytes(rule, RuleDirection.In) + count.Bytes(rule, RuleDirection.Out)),
            StatesCreated = counters.Sum(count => count.StatesCreated(rule)),
            States = counters.Sum(count => count.StatesCreated(rule) - count.StatesEnded(rule)),
        })];
    }

    private static int DepthOf(RuleList list, int rule)
    {
        int depth = 0;
        for (int parent = list.Parent(rule); parent >= 0; parent = list.Parent(parent)) depth++;
        return depth;
    }
}
