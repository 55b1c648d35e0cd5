namespace Appliance.Firewall.Language;

/// <summary>
/// A place in a text. While a macro's value is read, it stands before the rest of the text, so that a word may begin in the one and end
/// in the other (<c>$if:network</c>). A value type: a copy remembers the place.
/// </summary>
internal struct CharacterCursor(string text)
{
    /// <summary>What stands behind the last character.</summary>
    public const int End = -1;

    private int _index;
    private int _line = 1;
    private int _lineStart;
    private string? _macro;
    private int _macroIndex;
    private int _macroColumn;

    public readonly int Line => _line;

    /// <summary>From 1; within a macro's value, that of the dollar.</summary>
    public readonly int Column => _macro is null ? _index - _lineStart + 1 : _macroColumn;

    public readonly bool IsInMacro => _macro is not null;

    /// <summary>Puts a macro's value before the rest of the text.</summary>
    public void Enter(string value, int column)
    {
        if (value.Length == 0) return;
        (_macro, _macroIndex, _macroColumn) = (value, 0, column);
    }

    /// <summary>The next character, a backslash at the end of a line and that end left out; past the end -1.</summary>
    public int Read()
    {
        int character = ReadRaw();
        while (character == '\\' && !IsInMacro)
        {
            int next = ReadRaw();
            if (next == '\r' && PeekRaw() == '\n') next = ReadRaw();
            if (next != '\n') return next;
            character = ReadRaw();
        }

        return character;
    }

    public readonly int Peek()
    {
        CharacterCursor copy = this;
        return copy.Read();
    }

    /// <summary>The next character as it is.</summary>
    public int ReadRaw()
    {
        if (_macro is not null)
        {
            char inside = _macro[_macroIndex++];
            if (_macroIndex == _macro.Length) _macro = null;
            return inside;
        }

        if (_index >= text.Length) return End;
        char character = text[_index++];
        if (character == '\n') (_line, _lineStart) = (_line + 1, _index);
        return character;
    }

    private readonly int PeekRaw()
    {
        CharacterCursor copy = this;
        return copy.ReadRaw();
    }

    /// <summary>Skips what is left of the line, its end included, and of a macro's value.</summary>
    public void SkipLine()
    {
        _macro = null;
        int character;
        do character = Read();
        while (character is not '\n' and not End);
    }
}
