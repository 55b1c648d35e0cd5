using System.Text.RegularExpressions;

namespace Appliance.Tidy;

/// <summary>Documents name real code: a type, file, make target, verb or flag that a document names exists.</summary>
public static partial class DocumentRules
{
    // Names of others that look like ours.
    private static readonly string[] External =
        ["System", "Microsoft", "Spectre.Console", "YamlDotNet", "--help", "--version"];

    // What a build or a run makes.
    private static readonly string[] Made = ["artifacts", "out", "edge.yaml"];         // the last by README's reader

    [GeneratedRegex(
        @"^[\w.-]+(/[\w.*-]+)+/?$|^[\w.-]+/$|^[\w-]+\.(cs|md|yaml|json|sh|py|props|csproj|sln|txt|conf|editorconfig)$|^Makefile$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex PathLike { get; }

    [GeneratedRegex(@"^[0-9a-f.:]+/\d+$")]
    private static partial Regex PrefixLike { get; }

    [GeneratedRegex(@"^[A-Z]\w*[a-z]\w*(\.[A-Z]\w*)*$", RegexOptions.ExplicitCapture)]
    private static partial Regex NameLike { get; }

    [GeneratedRegex(@"^(?<name>[\w.]+)(<[\w, ]+>)?(\(.*\))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex WithoutArguments { get; }

    [GeneratedRegex(@"^[A-Z][A-Z_]*$")]
    private static partial Regex Placeholder { get; }

    public static IEnumerable<Finding> Check(SourceFile document, KnownNames known) =>
        from span in Markdown.Spans(document.Text)
        let missing = Missing(span, known)
        where missing is not null
        select document.AtLine(span.Line, $"`{span.Text}`: {missing}");

    private static string? Missing(Span span, KnownNames known) => span.Kind switch
    {
        SpanKind.Link => known.HasPath(span.Text.TrimStart('.', '/')) ? null : "no such file",
        SpanKind.Command => MissingInCommand(span.Text, known),
        _ when span.Text.Contains(' ', StringComparison.Ordinal) => MissingInCommand(span.Text, known),
        _ when span.Text.StartsWith("--", StringComparison.Ordinal) => MissingFlag(span.Text, known),
        _ when PathLike.IsMatch(span.Text) && !PrefixLike.IsMatch(span.Text) => MissingPath(span.Text, known),
        _ => MissingName(span.Text, known),
    };

    private static string? MissingCommandWord(string word, KnownNames known) =>
        word.StartsWith("--", StringComparison.Ordinal) ? MissingFlag(word, known)
        : PathLike.IsMatch(word) && !PrefixLike.IsMatch(word) ? MissingPath(word, known)
        : null;

    /// <summary>Judges <c>make …</c> and <c>appliance …</c>; other programs' commands are theirs.</summary>
    private static string? MissingInCommand(string command, KnownNames known)
    {
        string[] words = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["make", .. var targets] => targets.Select(word => MissingTarget(word, known)).FirstOrDefault(why => why is not null),
            ["appliance" or "out/appliance", var verb, .. var arguments] => MissingVerb(verb, known) ?? arguments
                .SelectMany(word => word.Split('='))
                .Select(word => MissingCommandWord(word.Trim('[', ']', '\\'), known))
                .FirstOrDefault(why => why is not null),
            _ => null,
        };
    }

    private static string? MissingTarget(string word, KnownNames known) =>
        word.StartsWith('-') || known.MakeWords.Contains(word.Split('=')[0]) ? null : $"make knows no {word}";

    private static string? MissingVerb(string word, KnownNames known) =>
        word.StartsWith('-') || Placeholder.IsMatch(word) || known.ProgramWords.Contains(word) ? null : $"the program has no verb {word}";

    private static string? MissingFlag(string text, KnownNames known)
    {
        string flag = text.Split('=')[0];
        bool isKnown = External.Contains(flag) || known.ProgramWords.Contains(flag) || known.ToolWords.Contains(flag);
        return isKnown ? null : $"no program here has {flag}";
    }

    private static string? MissingPath(string path, KnownNames known)
    {
        string first = path.Split('/')[0];
        bool isMade = Made.Contains(first) || Placeholder.IsMatch(Path.GetFileNameWithoutExtension(first));
        bool isNotOne = first == ".." || path.Contains('*', StringComparison.Ordinal);
        return isMade || isNotOne || known.HasPath(path) ? null : "no such file";
    }

    private static string? MissingName(string text, KnownNames known)
    {
        Match match = WithoutArguments.Match(text);
        string name = match.Groups["name"].Value;
        if (!match.Success || !NameLike.IsMatch(name)) return null;
        bool isExternal = External.Any(external => name == external || name.StartsWith(external + ".", StringComparison.Ordinal));
        return isExternal || known.HasName(name) ? null : "no such type, member or namespace";
    }
}
