using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Language;

/// <summary>
/// Cuts one file into tokens, by pfctl's rules: a backslash joins lines, <c>#</c> begins a comment, <c>$name</c> is replaced by the
/// macro's value (not within quotes and not within a macro's value), a number is one only where nothing of a word follows.
/// </summary>
internal sealed class Lexer(string file, string text, Macros macros)
{
    private readonly StringBuilder _word = new();
    private CharacterCursor _cursor = new(text);

    public Token Next()
    {
        while (true)
        {
            int character = SkipBlanks(out SourcePosition position);
            if (character == '$' && !_cursor.IsInMacro)
            {
                if (EnterMacro(position) is { } error) return error;
                continue;
            }

            return character switch
            {
                CharacterCursor.End => new Token(TokenKind.End, "", 0, position),
                '\n' => new Token(TokenKind.NewLine, "", 0, position),
                '"' or '\'' => Quoted((char)character, position),
                '<' => Pair('>', "<>", "<", position),
                '>' => Pair('<', "><", ">", position),
                '-' when _cursor.Peek() == '>' => Pair('>', "->", "-", position),
                _ => NumberOrWord((char)character, position),
            };
        }
    }

    /// <summary>Skips blanks and a comment, and answers the first character after them.</summary>
    private int SkipBlanks(out SourcePosition position)
    {
        int character;
        do
        {
            position = new SourcePosition(file, _cursor.Line, _cursor.Column);
            character = _cursor.Read();
        }
        while (character is ' ' or '\t' or '\f' or '\r');
        if (character != '#') return character;
        do
        {
            position = new SourcePosition(file, _cursor.Line, _cursor.Column);
            character = _cursor.Read();
        }
        while (character is not '\n' and not CharacterCursor.End);
        return character;
    }

    private Token? EnterMacro(SourcePosition position)
    {
        _word.Clear();
        while (_cursor.Peek() is var next && next >= 0 && (char.IsAsciiLetterOrDigit((char)next) || next == '_'))
        {
            if (_word.Length >= PfLimits.Text) return Error("the name of the macro is too long", position);
            _word.Append((char)_cursor.Read());
        }

        if (macros.Use(_word.ToString(), out string reason) is not { } value) return Error(reason, position);
        _cursor.Enter(value, position.Column);
        return null;
    }

    private Token Quoted(char quote, SourcePosition position)
    {
        _word.Clear();
        while (true)
        {
            int character = _cursor.ReadRaw();
            if (character == quote) return new Token(TokenKind.Quoted, _word.ToString(), 0, position);
            if (character == CharacterCursor.End) return Error("the quoted text does not end before the file does", position);
            if (character == '\n') continue;
            if (character == '\\')
            {
                CharacterCursor before = _cursor;
                int next = _cursor.ReadRaw();
                if (next == '\n') continue;
                if (next == quote) character = next;
                else _cursor = before;
            }

            if (_word.Length >= PfLimits.Text) return Error($"the text is longer than {PfLimits.Text} characters", position);
            _word.Append((char)character);
        }
    }

    private Token Pair(char second, string both, string first, SourcePosition position)
    {
        if (_cursor.Peek() != second) return new Token(TokenKind.Symbol, first, 0, position);
        _cursor.Read();
        return new Token(TokenKind.Symbol, both, 0, position);
    }

    private Token NumberOrWord(char first, SourcePosition position)
    {
        if (first == '-' || char.IsAsciiDigit(first))
        {
            CharacterCursor start = _cursor;
            if (TryReadNumber(first, position, out Token number)) return number;
            _cursor = start;
        }

        return char.IsAsciiLetterOrDigit(first) || first is ':' or '_'
            ? Word(first, position)
            : new Token(TokenKind.Symbol, first.ToString(), 0, position);
    }

    private bool TryReadNumber(char first, SourcePosition position, out Token token)
    {
        _word.Clear().Append(first);
        while (_cursor.Peek() is >= '0' and <= '9' && _word.Length < PfLimits.Text) _word.Append((char)_cursor.Read());
        string text = _word.ToString();
        token = default;
        if (text == "-" || !EndsNumber(_cursor.Peek())) return false;
        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        token = isNumber
            ? new Token(TokenKind.Number, text, value, position)
            : Error($"{text} is too large a number", position);
        return true;
    }

    private static bool EndsNumber(int character) =>
        character is CharacterCursor.End or ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or ')' or ',' or '/' or '}' or '=';

    private Token Word(char first, SourcePosition position)
    {
        _word.Clear().Append(first);
        while (_cursor.Peek() is var next && next > ' ' && IsOfWord((char)next))
        {
            if (_word.Length >= PfLimits.Text) return Error($"the word is longer than {PfLimits.Text} characters", position);
            _word.Append((char)_cursor.Read());
        }

        return new Token(TokenKind.Word, _word.ToString(), 0, position);
    }

    /// <summary>Letters, digits and punctuation, but for what separates.</summary>
    private static bool IsOfWord(char character) => character is > ' ' and < '\u007f'
        and not ('(' or ')' or '{' or '}' or '<' or '>' or '!' or '=' or '/' or '#' or ',');

    private Token Error(string message, SourcePosition position)
    {
        _cursor.SkipLine();
        return new Token(TokenKind.Error, message, 0, position);
    }
}
