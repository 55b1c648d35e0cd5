namespace Appliance.Configuration.Yaml;

/// <summary>
/// Where a text stops being YAML, in the words of someone who edits a configuration: the YAML library says what its parser was doing
/// instead.
/// </summary>
internal static class SyntaxWording
{
    private const int MaximumShown = 120;

    /// <summary>
    /// The place to point at and what to say, for a complaint of the library about a place; the complaint is empty where it failed without
    /// one.
    /// </summary>
    public static (TextPosition Position, string Message) Of(string complaint, TextPosition position, string text)
    {
        const string BadEscape = "an escape in this text that YAML does not know; write a backslash as \\\\, or use single quotes";
        position = Within(text, position, out char here, out bool isEnd);
        if (Says(complaint, "escape")) return (position, BadEscape);
        if (Says(complaint, "cannot start any token")) return (position, Explain(complaint, here));
        if (OpenBracket.Find(text, position) is { } open)
        {
            if (complaint.Length == 0 && open.Symbol == '"') return (open.Position, BadEscape);
            if (open.IsQuote) return (open.Position, $"the text that begins here has no closing {open.Symbol}; close it");
            return isEnd
                ? (open.Position, $"this {open.Symbol} is never closed; expected a {open.Closing}")
                : (position,
                    $"not YAML inside the {open.Symbol} of {open.Position}; expected ',' or the closing {open.Closing} before here");
        }

        if (here is ('"' or '\'') && Says(complaint, "quoted"))
            return (position, $"the text that begins here has no closing {here}; close it");
        return (position, Explain(complaint, here));
    }

    private static string Explain(string complaint, char here) => complaint switch
    {
        _ when here is '}' or ']' => $"a {here} that closes nothing; delete it, or write the text in quotes",
        _ when Says(complaint, "cannot start any token") => $"a value cannot begin with {here}; write it in quotes",
        _ when Says(complaint, "multiline plain scalar") =>
            "a ':' after a text of several lines; expected 'key: value' on each line, with a space after ':'",
        _ when Says(complaint, "plain scalar") =>
            "a second ': ' in one line; write the value in quotes, or the second key on a line of its own",
        _ when Says(complaint, "did not find expected key") =>
            "this begins in a column where no key can stand; expected the column of the keys above",
        _ when Says(complaint, "'-' indicator") =>
            "this stands among the items of a list; expected '- ' before it, or a column further left",
        _ when Says(complaint, "simple key") || Says(complaint, "expected ':'") =>
            "this has no value; expected 'key: value', with a space after ':'",
        _ when Says(complaint, "mapping values are not allowed") =>
            "a ': ' where no key can stand; expected 'key: value' on a line of its own, or quotes",
        _ => $"not YAML: {Shorten(complaint)}; expected keys and values, 'key: value', indented with spaces",
    };

    private static bool Says(string complaint, string words) => complaint.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string Shorten(string complaint)
    {
        string line = complaint.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        if (line.Length > MaximumShown) line = string.Concat(line.AsSpan(0, MaximumShown), "…");
        return line.Length == 0 ? "it cannot be read here" : string.Concat(line[..1].ToLowerInvariant(), line.AsSpan(1));
    }

    /// <summary>The place itself, or the end of the text when the library was a line or a column past it.</summary>
    private static TextPosition Within(string text, TextPosition position, out char here, out bool isEnd)
    {
        TextPosition last = TextPosition.Start;
        int number = 0;
        foreach (ReadOnlySpan<char> line in new LineSplitter(text))
        {
            last = new TextPosition(++number, line.Length + 1);
            if (number < position.Line) continue;
            here = position.Column <= line.Length ? line[position.Column - 1] : '\0';
            last = new TextPosition(number, Math.Min(position.Column, last.Column));
            isEnd = false;
            return last;
        }

        here = '\0';
        isEnd = true;
        return last;
    }
}
