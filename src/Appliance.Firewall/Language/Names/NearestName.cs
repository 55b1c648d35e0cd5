namespace Appliance.Firewall.Language;

/// <summary>The known name that may have been meant by one that is not known.</summary>
public static class NearestName
{
    /// <summary>Characters; for a longer text none is looked for.</summary>
    private const int MaximumLength = 60;

    /// <summary>
    /// The known name with the fewest edits from <paramref name="text" />, if they are at most a third of its length; ties to the first.
    /// </summary>
    public static string? Of(string text, IEnumerable<string> known)
    {
        if (text.Length > MaximumLength) return null;
        int limit = Math.Max(1, text.Length / 3);
        string? nearest = null;
        foreach (string word in known)
        {
            if (Math.Abs(word.Length - text.Length) > limit) continue;
            int distance = Distance(text, word);
            if (distance > limit) continue;
            (nearest, limit) = (word, distance - 1);
            if (limit < 0) break;
        }

        return nearest;
    }

    /// <summary>
    /// Insertions, deletions, substitutions and swaps of neighbours, letters compared without case (optimal string alignment).
    /// </summary>
    public static int Distance(string left, string right)
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
}
