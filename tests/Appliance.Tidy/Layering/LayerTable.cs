using System.Text.RegularExpressions;

namespace Appliance.Tidy;

/// <summary>The rooms table of ARCHITECTURE.md: rows <c>| layer | `Project` | … |</c>, several projects in a row separated by commas.</summary>
public static partial class LayerTable
{
    [GeneratedRegex(@"^\|\s*(?<layer>\d+)\s*\|(?<projects>[^|]*)\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row { get; }

    [GeneratedRegex("`(?<name>Appliance[A-Za-z.]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex ProjectName { get; }

    public static IReadOnlyDictionary<string, int> Read(string document) => Row.Matches(document)
        .SelectMany(row => ProjectName.Matches(row.Groups["projects"].Value), (row, name) => (Name: name.Groups["name"].Value, Layer: int.Parse(row.Groups["layer"].Value)))
        .ToDictionary(room => room.Name, room => room.Layer, StringComparer.Ordinal);
}
