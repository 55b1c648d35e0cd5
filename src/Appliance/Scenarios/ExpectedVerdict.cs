using System.Globalization;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Scenarios;

/// <summary>What is to become of a packet.</summary>
/// <param name="Reason">Of the block or drop; null: any.</param>
/// <param name="Rule">
/// The identifier of a rule that is to decide, on the way in or out; without <c>#k</c> it stands for all rules of its label or line. Null:
/// any, or none.
/// </param>
/// <param name="Position">Where it is asked for: <c>file:line:column</c>.</param>
internal sealed record ExpectedVerdict(VerdictKind Kind, DropReason? Reason, string? Rule, string Position)
{
    public bool IsMetBy(FrameVerdict found) =>
        found.Kind == Kind
        && (Reason is null || found.Reason == Reason)
        && (Rule is null || Names(Rule, found.Rule) || Names(Rule, found.OutRule));

    public override string ToString() => Text(Kind, Reason, Rule);

    /// <summary>A verdict in the words in which it is expected.</summary>
    public static string TextOf(FrameVerdict found) =>
        Text(found.Kind, found.Reason == DropReason.None ? null : found.Reason, RulesOf(found));

    private static string? RulesOf(FrameVerdict found) => found.OutRule is { } and ? $"{found.Rule} and {and}" : found.Rule;

    private static bool Names(string rule, string? found) =>
        found == rule
        || (found is not null && !rule.Contains('#') && found.AsSpan(0, Math.Max(0, found.LastIndexOf('#'))).SequenceEqual(rule));

    private static string Text(VerdictKind kind, DropReason? reason, string? rule)
    {
        string named = reason is { } known && known != DropReason.Block ? $" ({DropReasonNames.Of(known)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{FrameVerdict.WordOf(kind)}{named}{(rule is null ? "" : $" by rule {rule}")}");
    }
}
