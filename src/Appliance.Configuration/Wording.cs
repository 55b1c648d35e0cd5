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

    /// <summary>
    /// The known word with the fewest edits from <paramref name="text" />, if they are at most a third of its length; ties to the first.
    /// </summary>
    public static string? Nearest(string text, IEnumerable<string> known)
    {
        if (text.Length > MaximumShown) return null;
        int limit = Math.Max(1, text.Length / 3);
        string? nearest = null;
        foreach (string word in known)
        {
            if (Math.Abs(word.Length - text.Length) > limit) continue;
            int distance = EditDistance(text, word);
            if (distance > limit) continue;
            (nearest, limit) = (word, distance - 1);
            if (limit < 0) break;
        }

        return nearest;
    }

    /// <summary>
    /// Insertions, deletions, substitutions and swaps of neighbours, letters compared without case (optimal string alignment).
    /// </summary>
    internal static int EditDistance(string left, string right)
    {
        int[] older = new int[right.Length + 1];
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] current = new int[right.Length + 1];
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitution = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + substitution);
                bool swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                if (swapped) current[j] = Math.Min(current[j], older[j - 2] + 1);
            }

            (older, previous) = (previous, current);
        }

        return previous[^1];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);

    private static string Printable(char character) => character is < ' ' or (>= '\u007f' and < '\u00a0') or '\u2028' or '\u2029'
        ? $"\\u{(int)character:x4}"
        : character.ToString();
}
