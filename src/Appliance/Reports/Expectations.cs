using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Appliance.Reports;

/// <summary>
/// What a replay must come to: the <c>counters</c> of a test.yaml, dotted paths into the document of <c>replay --json</c>.
/// </summary>
internal sealed class Expectations
{
    private static readonly string[] KnownKeys =
        ["config", "inputs", "port", "vcpus", "seed", "verdicts", "default", "counters", "outputs"];

    private readonly string _file;
    private readonly ImmutableArray<(string Path, long Expected, string Position)> _counters;

    private Expectations(string file, ImmutableArray<(string Path, long Expected, string Position)> counters)
    {
        _file = file;
        _counters = counters;
    }

    public static Expectations Load(string file)
    {
        string text = ReadFile(file);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return Read(file, yaml);
        }
        catch (YamlException broken)
        {
            throw new RefusedException($"{file}:{broken.Start.Line}:{broken.Start.Column}: {broken.Message}");
        }
    }

    /// <summary>The expectations that <paramref name="json"/> does not meet, one line each.</summary>
    public ImmutableArray<string> Check(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var broken = ImmutableArray.CreateBuilder<string>();
        foreach ((string path, long expected, string position) in _counters)
        {
            long found = Find(document.RootElement, path);
            if (found != expected) broken.Add(Line($"{_file}:{position}: {path}: expected {expected}, found {found}"));
        }

        return broken.ToImmutable();
    }

    public void Print(ImmutableArray<string> broken)
    {
        IAnsiConsole console = ReplayTable.OpenConsole();
        foreach (string line in broken)
            console.WriteLine(line);
        string verdict = broken.IsEmpty ? "[green]all held[/]" : Line($"[red]{broken.Length} BROKEN[/]");
        console.MarkupLine(Line($"expectations  {_counters.Length} of {Markup.Escape(_file)}: {verdict}"));
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"--expect {file}: {failure.Message}");
        }
    }

    private static Expectations Read(string file, YamlStream yaml)
    {
        if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            throw new RefusedException($"{file}:1:1: expected a mapping with the key 'counters'");
        foreach (YamlNode key in root.Children.Keys.Where(key => !KnownKeys.Contains(key.ToString(), StringComparer.Ordinal)))
            throw new RefusedException($"{file}:{Position(key)}: unknown key '{key}'; known are {string.Join(", ", KnownKeys)}");
        if (!root.Children.TryGetValue("counters", out YamlNode? node) || node is not YamlMappingNode counters)
            throw new RefusedException($"{file}:{Position(root)}: expected 'counters' with paths and numbers");
        return new Expectations(file, [.. counters.Children.Select(pair => ReadCounter(file, pair.Key, pair.Value))]);
    }

    private static (string Path, long Expected, string Position) ReadCounter(string file, YamlNode path, YamlNode value)
    {
        if (!long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long expected))
            throw new RefusedException($"{file}:{Position(value)}: expected a number, found '{value}'");
        return (path.ToString(), expected, Position(path));
    }

    private static string Position(YamlNode node) => Line($"{node.Start.Line}:{node.Start.Column}");

    /// <summary>
    /// The number at a dotted path; 0 where there is none, as for a drop that did not occur. A key may have dots itself (a sub-port): the
    /// longest key that fits goes first.
    /// </summary>
    private static long Find(JsonElement element, string path)
    {
        if (path.Length == 0) return element.ValueKind == JsonValueKind.Number ? element.GetInt64() : 0;
        if (element.ValueKind == JsonValueKind.Array) return FindItem(element, path);
        if (element.ValueKind != JsonValueKind.Object) return 0;
        JsonProperty? best = null;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool fits = path.Equals(property.Name, StringComparison.Ordinal)
                || path.StartsWith(property.Name + ".", StringComparison.Ordinal);
            if (fits && property.Name.Length > (best?.Name.Length ?? 0)) best = property;
        }

        return best is { } found ? Find(found.Value, path[Math.Min(path.Length, found.Name.Length + 1)..]) : 0;
    }

    private static long FindItem(JsonElement array, string path)
    {
        string[] parts = path.Split('.', 2);
        bool fits = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < array.GetArrayLength();
        return fits ? Find(array[index], parts.Length > 1 ? parts[1] : "") : 0;
    }
}
