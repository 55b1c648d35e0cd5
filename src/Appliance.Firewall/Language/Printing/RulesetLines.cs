using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>
/// The rules of a ruleset in pfctl's order: Ethernet, scrub, nat, rdr, binat, filter; an anchor's rules indented in its braces.
/// </summary>
internal static class RulesetLines
{
    public static IEnumerable<string> Of(PfRuleSections rules)
    {
        foreach (EtherRule rule in rules.Ether) yield return rule.Text;
        Func<PfRuleSections, ImmutableArray<PfRule>>[] kinds =
        [
            sections => sections.Scrub, sections => sections.Nat, sections => sections.Rdr, sections => sections.Binat,
            sections => sections.Filter,
        ];
        foreach (Func<PfRuleSections, ImmutableArray<PfRule>> kind in kinds)
        {
            foreach (string line in Section(rules, kind, depth: 0)) yield return line;
        }
    }

    private static IEnumerable<string> Section(PfRuleSections rules, Func<PfRuleSections, ImmutableArray<PfRule>> kind, int depth)
    {
        string indent = new(' ', depth * 2);
        foreach (PfRule rule in kind(rules))
        {
            bool hasBody = rule.Anchor?.Body is { } body && !kind(body).IsEmpty;
            yield return $"{indent}{rule.Text}{(hasBody ? " {" : "")}";
            if (!hasBody) continue;
            foreach (string line in Section(rule.Anchor!.Body!, kind, depth + 1)) yield return line;
            yield return $"{indent}}}";
        }
    }
}
