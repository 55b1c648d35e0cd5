using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Appliance.Node;

namespace Appliance.Reports;

/// <summary>
/// Rules with their counters as <c>pfctl -vsr</c> prints them. Rules were loaded by nobody: uid and pid are 0.
/// </summary>
internal static class RuleTable
{
    public static string Render(ImmutableArray<RuleAccounts> rules)
    {
        var text = new StringBuilder();
        int depth = 0;
        foreach (RuleAccounts rule in rules)
        {
            for (; depth > rule.Depth; depth--) text.AppendLine(Indent(depth - 1) + "}");
            text.AppendLine($"{Indent(depth)}{rule.Text}{(rule.OpensBody ? " {" : "")}");
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"  [ Evaluations: {rule.Evaluations,-8}  Packets: {rule.Packets,-8}  Bytes: {rule.Bytes,-10}  States: {rule.States,-6}]"));
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"  [ Inserted: uid 0 pid 0 State Creations: {rule.StatesCreated,-6}]"));
            if (rule.OpensBody) depth++;
        }

        for (; depth > 0; depth--) text.AppendLine(Indent(depth - 1) + "}");
        return text.ToString();
    }

    private static string Indent(int depth) => new(' ', 2 * depth);
}
