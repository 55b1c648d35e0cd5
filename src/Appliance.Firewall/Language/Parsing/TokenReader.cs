using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>
/// The tokens of one file, with a look ahead. The first error of a statement is kept; from there to <see cref="Recover" /> every token
/// reads as the end, so that whoever parses runs to its own end without asking after each step.
/// </summary>
internal sealed class TokenReader(Lexer lexer, ErrorLog errors)
{
    private readonly Queue<Token> _ahead = new();
    private Token _stop;
    private int _openBraces;

    /// <summary>The statement is given up.</summary>
    public bool HasFailed { get; private set; }

    public Token Current => Peek(0);

    /// <summary>The token behind the current one.</summary>
    public Token Following => Peek(1);

    public SourcePosition Position => Current.Position;

    public Token Take()
    {
        if (HasFailed) return _stop;
        Token token = Current;
        if (HasFailed || token.Kind == TokenKind.End) return token;
        _ahead.Dequeue();
        if (token.Is('{')) _openBraces++;
        if (token.Is('}')) _openBraces = Math.Max(0, _openBraces - 1);
        return token;
    }

    public bool TryTake(string word)
    {
        bool fits = Current.Is(word);
        if (fits) Take();
        return fits;
    }

    public bool TryTake(char symbol)
    {
        bool fits = Current.Is(symbol);
        if (fits) Take();
        return fits;
    }

    public void Expect(char symbol, string where)
    {
        if (!TryTake(symbol)) FailExpecting($"'{symbol}' {where}");
    }

    public void Expect(string word, string where)
    {
        if (!TryTake(word)) FailExpecting($"'{word}' {where}");
    }

    /// <summary>A name or other text, quoted or not a keyword.</summary>
    public Token TakeString(string what)
    {
        if (!Current.IsString) FailExpecting(what);
        return Take();
    }

    /// <summary>A text, or a number as it is written.</summary>
    public Token TakeText(string what)
    {
        if (!Current.IsString && Current.Kind != TokenKind.Number) FailExpecting(what);
        return Take();
    }

    /// <summary>Several texts one behind the other, joined by blanks: pf's grammar calls it string.</summary>
    public string TakeStrings(string what)
    {
        string text = TakeString(what).Text;
        while (Current.IsString && text.Length <= PfLimits.Text) text = $"{text} {Take().Text}";
        return text;
    }

    public long TakeNumber(string what, long minimum, long maximum)
    {
        Token token = Current;
        if (token.Kind != TokenKind.Number || token.Number < minimum || token.Number > maximum)
            FailExpecting($"{what} from {minimum} to {maximum}");
        return Take().Number;
    }

    public void SkipNewLines()
    {
        while (Current.Kind == TokenKind.NewLine) Take();
    }

    /// <summary>One item, or a list of them in braces: separated by commas or blanks, over as many lines as it takes.</summary>
    public ImmutableArray<T> TakeList<T>(Action<ImmutableArray<T>.Builder> takeItem)
    {
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>();
        if (!TryTake('{'))
        {
            takeItem(items);
            return items.ToImmutable();
        }

        SkipNewLines();
        do
        {
            takeItem(items);
            SkipNewLines();
            if (items.Count > PfLimits.ListItems) Fail(Position, $"the list has more than {PfLimits.ListItems} items");
            if (TryTake('}')) break;
            if (TryTake(',')) SkipNewLines();
        }
        while (!HasFailed);
        return items.ToImmutable();
    }

    public void FailExpecting(string expected) => Fail(Position, $"syntax error: expected {expected}, found {Current.Shown}");

    /// <summary>Gives the statement up; only its first error is kept.</summary>
    public void Fail(SourcePosition position, string message)
    {
        if (HasFailed) return;
        errors.Add(position, message);
        GiveUp(position);
    }

    private void GiveUp(SourcePosition position)
    {
        HasFailed = true;
        _stop = new Token(TokenKind.End, "", 0, position);
    }

    /// <summary>
    /// Begins the next statement. After an error the rest of the statement is skipped: to the end of the line, or of the line in which the
    /// last brace that it opened is closed.
    /// </summary>
    public void BeginStatement()
    {
        _openBraces = 0;
    }

    /// <summary>Skips to behind the statement that failed.</summary>
    public void Recover()
    {
        HasFailed = false;
        while (true)
        {
            Token token = _ahead.Count > 0 ? _ahead.Dequeue() : lexer.Next();
            if (token.Kind == TokenKind.End)
            {
                _ahead.Enqueue(token);
                return;
            }

            if (token.Is('{')) _openBraces++;
            if (token.Is('}') && _openBraces > 0) _openBraces--;
            // A token that cannot be read has taken the rest of its line with it.
            if (_openBraces == 0 && token.Kind is TokenKind.NewLine or TokenKind.Error) return;
        }
    }

    private Token Peek(int distance)
    {
        if (HasFailed) return _stop;
        while (_ahead.Count <= distance) _ahead.Enqueue(lexer.Next());
        Token token = distance == 0 ? _ahead.Peek() : _ahead.ElementAt(distance);
        if (token.Kind != TokenKind.Error) return token;
        if (distance > 0) return new Token(TokenKind.End, "", 0, token.Position);
        errors.Add(token.Position, token.Text);
        GiveUp(token.Position);
        return _stop;
    }
}
