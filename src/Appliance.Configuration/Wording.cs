using Appliance.Firewall.Language;

namespace Appliance.Configuration;

/// <summary>How error messages quote, list and suggest.</summary>
internal static class Wording
{
    /// <summary>Characters of a value that a message shows.</summary>
    private const int MaximumShown = 60;

    /// <summary>The text in quotes, on one line and cut to a readable length.</summary>
    public static string Quote(string text)
    {
        string shown = text.Length <= MaximumShown ? text : string.Concat(text.AsSpan(0, MaximumShown - 1), "…");
        return string.Concat("'", string.Concat(shown.Select(Printable)), "'");
    }

    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}",
    };

    /// <summary><c> (did you mean 'mtu'?)</c>, or nothing when no known word is near.</summary>
    public static string DidYouMean(string text, IEnumerable<string> known) =>
        Nearest(text, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    /// <summary>The known word that may have been meant; null when none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> known) => NearestName.Of(text, known);

    private static string Printable(char character) => character is < ' ' or (>= '\u007f' and < '\u00a0') or '\u2028' or '\u2029'
        ? $"\\u{(int)character:x4}"
        : character.ToString();
}
