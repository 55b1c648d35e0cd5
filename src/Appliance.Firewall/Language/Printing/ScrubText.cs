using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Language;

/// <summary>What normalizes, and what stands beside it in pfctl's line.</summary>
internal static class ScrubText
{
    public static void Append(StringBuilder text, PfRule rule)
    {
        if (rule.Fragment) text.Append(" fragment");
        bool isScrubRule = rule.Action is PfAction.Scrub or PfAction.NoScrub;
        if (rule.Scrub is { } scrub)
        {
            string[] words = [.. isScrubRule ? WordsOfRule(scrub) : WordsOfOption(scrub)];
            if (isScrubRule) text.Append(string.Concat(words.Select(word => $" {word}")));
            else if (words.Length > 0) text.Append(" scrub (").AppendJoin(' ', words).Append(')');
        }

        if (rule.AllowOptions) text.Append(" allow-opts");
        if (rule.Action != PfAction.Scrub) return;
        if (rule.Scrub?.ReassembleTcp == true) text.Append(" reassemble tcp");
        text.Append(rule.Scrub?.NoFragmentReassembly == true ? " fragment no reassemble" : " fragment reassemble");
    }

    private static IEnumerable<string> WordsOfRule(ScrubOptions scrub)
    {
        foreach (string word in HeaderWords(scrub)) yield return word;
        if (scrub.MaxMss > 0) yield return MaxMss(scrub);
        if (scrub.SetTos is { } tos) yield return string.Create(CultureInfo.InvariantCulture, $"set-tos 0x{tos:x2}");
    }

    private static IEnumerable<string> WordsOfOption(ScrubOptions scrub)
    {
        foreach (string word in HeaderWords(scrub)) yield return word;
        if (scrub.ReassembleTcp) yield return "reassemble tcp";
        if (scrub.MaxMss > 0) yield return MaxMss(scrub);
    }

    private static IEnumerable<string> HeaderWords(ScrubOptions scrub)
    {
        if (scrub.NoDf) yield return "no-df";
        if (scrub.RandomId) yield return "random-id";
        if (scrub.MinTtl > 0) yield return string.Create(CultureInfo.InvariantCulture, $"min-ttl {scrub.MinTtl}");
    }

    private static string MaxMss(ScrubOptions scrub) => string.Create(CultureInfo.InvariantCulture, $"max-mss {scrub.MaxMss}");
}
