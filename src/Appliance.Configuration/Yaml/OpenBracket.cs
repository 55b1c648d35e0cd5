namespace Appliance.Configuration.Yaml;

/// <summary>
/// The innermost bracket or quote that is still open at some place of a text: what an engineer looks for when the rest makes no sense.
/// </summary>
internal readonly record struct OpenBracket(char Symbol, TextPosition Position)
{
    public bool IsQuote => Symbol is '"' or '\'';

    public char Closing => Symbol switch
    {
        '[' => ']',
        '{' => '}',
        _ => Symbol,
    };

    /// <summary>
    /// Looks at the text up to <paramref name="stop" />. Knows comments, quotes and flow brackets; block scalars it takes for plain text.
    /// </summary>
    public static OpenBracket? Find(string text, TextPosition stop)
    {
        Stack<OpenBracket> open = [];
        char quote = '\0';
        int number = 0;
        foreach (ReadOnlySpan<char> line in new LineSplitter(text))
        {
            if (++number > stop.Line) break;
            ScanLine(number < stop.Line ? line : line[..Math.Min(line.Length, stop.Column - 1)], number, open, ref quote);
        }

        return open.TryPeek(out OpenBracket innermost) ? innermost : null;
    }

    private static void ScanLine(ReadOnlySpan<char> line, int number, Stack<OpenBracket> open, ref char quote)
    {
        for (int i = 0; i < line.Length; i++)
        {
            bool isTokenStart = i == 0 || line[i - 1] is ' ' or '\t' or '[' or '{' or ',';
            if (quote != '\0')
            {
                bool isEscaped = (quote == '"' && line[i] == '\\')
                    || (quote == '\'' && i + 1 < line.Length && line[i] == '\'' && line[i + 1] == '\'');
                if (isEscaped) i++;
                else if (line[i] == quote)
                {
                    open.Pop();
                    quote = '\0';
                }
            }
            else if (line[i] == '#' && (i == 0 || line[i - 1] is ' ' or '\t')) return;
            else if (isTokenStart && line[i] is ('"' or '\'' or '[' or '{'))
                Open(line[i], new TextPosition(number, i + 1), open, ref quote);
            else if (open.TryPeek(out OpenBracket bracket) && line[i] == bracket.Closing) open.Pop();
        }
    }

    private static void Open(char symbol, TextPosition position, Stack<OpenBracket> open, ref char quote)
    {
        OpenBracket bracket = new(symbol, position);
        open.Push(bracket);
        if (bracket.IsQuote) quote = symbol;
    }
}
