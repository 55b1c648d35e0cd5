using System.Globalization;
using System.Text;

namespace Appliance.Management;

/// <summary>
/// The shortest way from some lines to others (Myers, "An O(ND) Difference Algorithm", 1986), as <c>diff -u</c> prints it.
/// </summary>
internal static class LineDifference
{
    private const int Context = 3;                  // lines around what is different

    /// <summary>Differences that a way is looked for with; files that have more are shown as wholly different between equal ends.</summary>
    private const int MostEdits = 1000;

    public static void AppendTo(StringBuilder text, string[] before, string[] after)
    {
        List<(char Mark, string Line)> script = Script(before, after);
        int left = 1, right = 1, at = 0;
        while (at < script.Count)
        {
            int changed = script.FindIndex(at, step => step.Mark != ' ');
            if (changed < 0) return;
            int from = Math.Max(at, changed - Context);
            (left, right) = (left + from - at, right + from - at);
            int to = EndOfHunk(script, changed);
            AppendHunk(text, script[from..to], ref left, ref right);
            at = to;
        }
    }

    /// <summary>Where as many equal lines follow that the next difference is another hunk's.</summary>
    private static int EndOfHunk(List<(char Mark, string Line)> script, int changed)
    {
        int last = changed;
        for (int i = changed; i < script.Count && i - last <= 2 * Context; i++)
        {
            if (script[i].Mark != ' ') last = i;
        }

        return Math.Min(script.Count, last + 1 + Context);
    }

    private static void AppendHunk(StringBuilder text, List<(char Mark, string Line)> hunk, ref int left, ref int right)
    {
        int removed = hunk.Count(step => step.Mark != '+'), added = hunk.Count(step => step.Mark != '-');
        text.AppendLine(CultureInfo.InvariantCulture,
            $"@@ -{(removed == 0 ? left - 1 : left)},{removed} +{(added == 0 ? right - 1 : right)},{added} @@");
        foreach ((char mark, string line) in hunk) text.Append(mark).AppendLine(line);
        (left, right) = (left + removed, right + added);
    }

    private static List<(char Mark, string Line)> Script(string[] before, string[] after)
    {
        int start = before.AsSpan().CommonPrefixLength(after, StringComparer.Ordinal);
        int end = 0;
        while (end < Math.Min(before.Length, after.Length) - start && before[^(end + 1)] == after[^(end + 1)]) end++;
        var script = new List<(char, string)>();
        script.AddRange(before[..start].Select(line => (' ', line)));
        script.AddRange(Middle(before[start..^end], after[start..^end]));
        script.AddRange(before[^end..].Select(line => (' ', line)));
        return script;
    }

    private static List<(char Mark, string Line)> Middle(string[] before, string[] after)
    {
        int most = Math.Min(before.Length + after.Length, MostEdits);
        var furthest = new int[(2 * most) + 3];                         // by diagonal: how far before one gets
        var trail = new List<int[]>();
        for (int edits = 0; edits <= most; edits++)
        {
            trail.Add([.. furthest]);
            for (int diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                bool isDown = diagonal == -edits
                    || (diagonal != edits && furthest[most + diagonal] < furthest[most + diagonal + 2]);
                int x = isDown ? furthest[most + diagonal + 2] : furthest[most + diagonal] + 1;
                while (x < before.Length && x - diagonal < after.Length && before[x] == after[x - diagonal]) x++;
                furthest[most + diagonal + 1] = x;
                if (x >= before.Length && x - diagonal >= after.Length) return Walk(trail, most, before, after);
            }
        }

        return [.. before.Select(line => ('-', line)), .. after.Select(line => ('+', line))];
    }

    private static List<(char Mark, string Line)> Walk(List<int[]> trail, int most, string[] before, string[] after)
    {
        var script = new List<(char, string)>();
        int x = before.Length, y = after.Length;
        for (int edits = trail.Count - 1; edits >= 0; edits--)
        {
            int[] furthest = trail[edits];
            int diagonal = x - y;
            bool isDown = diagonal == -edits || (diagonal != edits && furthest[most + diagonal] < furthest[most + diagonal + 2]);
            int previous = isDown ? diagonal + 1 : diagonal - 1;
            int fromX = furthest[most + 1 + previous], fromY = fromX - previous;
            for (; x > fromX && y > fromY; y--) script.Add((' ', before[--x]));
            if (edits == 0) break;
            script.Add(isDown ? ('+', after[fromY]) : ('-', before[fromX]));
            (x, y) = (fromX, fromY);
        }

        script.Reverse();
        return script;
    }
}
