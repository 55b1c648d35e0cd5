using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>
/// Replaces <c>$if</c>, <c>$srcaddr</c>, <c>$dstaddr</c>, <c>$srcport</c>, <c>$dstport</c>, <c>$proto</c> and <c>$nr</c> in labels and
/// tags.
/// </summary>
internal static class LabelMacros
{
    public static PfRule Expand(PfRule rule)
    {
        bool isPlain = rule.Labels.All(label => !label.Contains('$')) && !rule.Tag.Contains('$') && rule.Tagged?.Name.Contains('$') != true;
        if (isPlain) return rule;
        return rule with
        {
            Labels = [.. rule.Labels.Select(label => Expand(label, rule))],
            Tag = Expand(rule.Tag, rule),
            Tagged = rule.Tagged is { } tagged ? tagged with { Name = Expand(tagged.Name, rule) } : null,
        };
    }

    private static string Expand(string text, PfRule rule) => !text.Contains('$')
        ? text
        : text
            .Replace("$if", rule.Interface?.Name ?? "any", StringComparison.Ordinal)
            .Replace("$srcaddr", Address(rule.Source.Host, rule.Family), StringComparison.Ordinal)
            .Replace("$dstaddr", Address(rule.Destination.Host, rule.Family), StringComparison.Ordinal)
            .Replace("$srcport", Port(rule.Source.Port), StringComparison.Ordinal)
            .Replace("$dstport", Port(rule.Destination.Port), StringComparison.Ordinal)
            .Replace("$proto", ProtocolNames.NameOf(rule.Protocol ?? 0), StringComparison.Ordinal)
            .Replace("$nr", rule.Number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Address(PfHost host, AddressFamily family)
    {
        string text = host.Kind switch
        {
            HostKind.Interface => $"({host.Name})",
            HostKind.Range => "?",
            _ => HostText.Of(host with { Negated = false }, family),
        };
        return host.Negated ? $"! {text}" : text;
    }

    /// <summary>A range has no text, as in pfctl.</summary>
    private static string Port(PortMatch port) => port.Operator switch
    {
        MatchOperator.Any or MatchOperator.Range => "",
        MatchOperator.Equal => port.First.ToString(CultureInfo.InvariantCulture),
        MatchOperator.Inside or MatchOperator.Outside => $"{port.First}{MatchText.Sign(port.Operator)}{port.Second}",
        _ => $"{MatchText.Sign(port.Operator)}{port.First}",
    };
}
