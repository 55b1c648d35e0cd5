using System.Text;

namespace Appliance.Management;

/// <summary>Two configurations with their files, held against each other as <c>diff -u</c> does.</summary>
internal static class BundleDifference
{
    /// <summary>Lines of a file that are looked at; longer ones (tables) only differ.</summary>
    private const int MaximumLines = 20_000;

    public static string Of(ConfigurationBundle before, ConfigurationBundle after)
    {
        var text = new StringBuilder();
        Append(text, Path.GetFileName(before.Path), Path.GetFileName(after.Path), before.Main, after.Main);
        foreach (string name in before.Files.Keys.Union(after.Files.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            before.Files.TryGetValue(name, out byte[]? left);
            after.Files.TryGetValue(name, out byte[]? right);
            Append(text, left is null ? null : name, right is null ? null : name, left ?? [], right ?? []);
        }

        return text.ToString();
    }

    /// <param name="nameBefore">Null: there was no such file.</param>
    /// <param name="nameAfter">Null: there is none any more.</param>
    private static void Append(StringBuilder text, string? nameBefore, string? nameAfter, byte[] before, byte[] after)
    {
        if (before.AsSpan().SequenceEqual(after)) return;
        text.Append("--- ").AppendLine(nameBefore is null ? "/dev/null" : $"running/{nameBefore}");
        text.Append("+++ ").AppendLine(nameAfter is null ? "/dev/null" : $"next/{nameAfter}");
        string[] left = LinesOf(before), right = LinesOf(after);
        bool isLong = left.Length > MaximumLines || right.Length > MaximumLines;
        if (isLong) text.AppendLine($"@@ {left.Length} lines are {right.Length} lines @@");
        else LineDifference.AppendTo(text, left, right);
    }

    private static string[] LinesOf(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
