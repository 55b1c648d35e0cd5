using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Appliance.Reports.Page;

/// <summary>
/// What <c>$"…"</c> becomes where a <see cref="Markup"/> is made: its literal parts are HTML as written, its holes take text, which is
/// escaped, whole numbers, and other pieces. Nothing else fits into a hole, so that every number is given its form and its unit on purpose.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupText(int literalLength, int formattedCount)
{
    private readonly StringBuilder _html = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string html) => _html.Append(html);

    public void AppendFormatted(Markup piece) => _html.Append(piece.ToString());

    public void AppendFormatted(IEnumerable<Markup> pieces) => _html.AppendJoin("", pieces);

    public void AppendFormatted(long number) => _html.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())                    // half a surrogate pair becomes U+FFFD
            Append(rune);
    }

    public override string ToString() => _html.ToString();

    private void Append(Rune rune)
    {
        switch (rune.Value)
        {
            case '&':
                _html.Append("&amp;");
                break;
            case '<':
                _html.Append("&lt;");
                break;
            case '>':
                _html.Append("&gt;");
                break;
            case '"':
                _html.Append("&quot;");
                break;
            case '\'':
                _html.Append("&#39;");
                break;
            default:
                if (IsShown(rune)) _html.Append(rune);
                else _html.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                break;
        }
    }

    /// <summary>
    /// No control characters, no other line ends, nothing that turns the direction of what follows: a file's name may hold any of them.
    /// </summary>
    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned);
}
