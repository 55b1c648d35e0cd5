using System.Text.RegularExpressions;

namespace Appliance.Tidy;

/// <summary>Finds the pieces of a Markdown document that name code, files and commands. Drawings and YAML blocks name nothing.</summary>
public static partial class Markdown
{
    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code { get; }

    [GeneratedRegex(@"\]\((?<text>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link { get; }

    public static IEnumerable<Span> Spans(string document)
    {
        string[] lines = document.Split('\n');
        string? fence = null;                                         // the language of the block we are in
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                fence = fence is null ? lines[i].Trim('`', ' ') : null;
            else if (fence is "sh" or "console")
                yield return new Span(i + 1, SpanKind.Command, lines[i].Trim());
            else if (fence is null)
            {
                foreach (Span span in InProse(i + 1, lines[i]))
                    yield return span;
            }
        }
    }

    private static IEnumerable<Span> InProse(int number, string line)
    {
        foreach (Match code in Code.Matches(line))
            yield return new Span(number, SpanKind.Code, code.Groups["text"].Value);
        foreach (Match link in Link.Matches(line))
        {
            if (!link.Groups["text"].Value.Contains("://", StringComparison.Ordinal))
                yield return new Span(number, SpanKind.Link, link.Groups["text"].Value);
        }
    }
}
