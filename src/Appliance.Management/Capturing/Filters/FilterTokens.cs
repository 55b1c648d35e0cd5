using System.Globalization;

namespace Appliance.Management;

/// <summary>The words of a filter, one after another.</summary>
internal sealed class FilterTokens
{
    private readonly List<(string Word, int Column)> _words = [];
    private readonly int _end;
    private int _at;

    public FilterTokens(string text)
    {
        _end = text.Length + 1;
        for (int i = 0; i < text.Length;)
        {
            int length = LengthAt(text, i);
            if (length > 0) _words.Add((text.Substring(i, length), i + 1));
            i += Math.Max(1, length);
        }
    }

    public bool IsAtEnd => _at >= _words.Count;

    /// <summary>Null at the end.</summary>
    public string? Current => IsAtEnd ? null : _words[_at].Word;

    /// <summary>From 1.</summary>
    public int Column => IsAtEnd ? _end : _words[_at].Column;

    public bool Take(string word, string? orWord = null)
    {
        if (IsAtEnd || (Current != word && (orWord is null || Current != orWord))) return false;
        _at++;
        return true;
    }

    public bool TakePair(string first, string second)
    {
        if (_at + 1 >= _words.Count || _words[_at].Word != first || _words[_at + 1].Word != second) return false;
        _at += 2;
        return true;
    }

    public string TakeAny() => _words[_at++].Word;

    public bool TryTakeNumber(int most, out int number)
    {
        number = 0;
        if (IsAtEnd || !int.TryParse(Current, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > most) return false;
        _at++;
        return true;
    }

    /// <summary>Nothing more is read.</summary>
    public void Stop() => _at = _words.Count;

    private static int LengthAt(string text, int at)
    {
        if (char.IsWhiteSpace(text[at])) return 0;
        if (text[at] is '(' or ')' or '!') return 1;
        if (text.AsSpan(at).StartsWith("&&") || text.AsSpan(at).StartsWith("||")) return 2;
        int end = at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')' or '!' or '&' or '|')) end++;
        return Math.Max(1, end - at);
    }
}
