using System.Globalization;
using Appliance.Wire.Transport;

namespace Appliance.Node;

/// <summary>The words of a line, one by one, with the column of each for messages.</summary>
internal sealed class WordReader(string text)
{
    private readonly (string Word, int Column)[] _words = [.. Split(text)];
    private int _next;

    public bool IsAtEnd => _next >= _words.Length;

    /// <summary>The next word, or an empty one at the end.</summary>
    public string Peek => IsAtEnd ? "" : _words[_next].Word;

    public void Skip() => _next++;

    public bool TryTake(string word)
    {
        if (!string.Equals(Peek, word, StringComparison.OrdinalIgnoreCase)) return false;
        Skip();
        return true;
    }

    public bool TryTakeNumber(int least, int most, out int value)
    {
        if (!int.TryParse(Peek, NumberStyles.None, CultureInfo.InvariantCulture, out value) || value < least || value > most) return false;
        Skip();
        return true;
    }

    /// <summary>Letters as tcpdump and pf use them: F S R P A U E W; a dot is an acknowledgment too.</summary>
    public bool TryTakeFlags(out TcpFlags flags)
    {
        flags = TcpFlags.None;
        foreach (char letter in Peek)
        {
            TcpFlags flag = letter switch
            {
                'F' => TcpFlags.Fin,
                'S' => TcpFlags.Syn,
                'R' => TcpFlags.Rst,
                'P' => TcpFlags.Psh,
                'A' or '.' => TcpFlags.Ack,
                'U' => TcpFlags.Urg,
                'E' => TcpFlags.Ece,
                'W' => TcpFlags.Cwr,
                _ => TcpFlags.None,
            };
            if (flag == TcpFlags.None) return false;
            flags |= flag;
        }

        if (Peek.Length == 0) return false;
        Skip();
        return true;
    }

    /// <summary>A message about the word that was not understood.</summary>
    public string Expected(string what) => IsAtEnd
        ? $"column {text.Length + 1}: expected {what}, found the end"
        : $"column {_words[_next].Column}: expected {what}, found '{Peek}'";

    /// <summary>A message about the word before, which reads well but does not fit.</summary>
    public string ExpectedBefore(string what) => $"column {_words[_next - 1].Column}: expected {what}, found '{_words[_next - 1].Word}'";

    private static IEnumerable<(string Word, int Column)> Split(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            if (end > at) yield return (text[at..end], at + 1);
            at = end + 1;
        }
    }
}
