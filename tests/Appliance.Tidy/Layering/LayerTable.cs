using System.Text.RegularExpressions;

namespace Appliance.Tidy;

/// <summary>The rooms table of ARCHITECTURE.md: rows <c>| layer | `Project` | … |</c>, one project or several in a row.</summary>
public static partial class LayerTable
{
    [GeneratedRegex(@"^\|\s*(?<layer>\d+)\s*\|(?<projects>[^|]*)\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row { get; }

    [GeneratedRegex("`(?<name>Appliance[A-Za-z.]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex ProjectName { get; }

    public static IReadOnlyDictionary<string, int> Read(string document)
    {
        var layers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Match row in Row.Matches(document))
        {
            foreach (Match project in ProjectName.Matches(row.Groups["projects"].Value))
                layers.Add(project.Groups["name"].Value, int.Parse(row.Groups["layer"].Value));
        }

        return layers;
    }
}
