using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Appliance.Engine;
using Appliance.Scenarios;

namespace Appliance.Reports;

/// <summary>What a replay must come to: the <c>counters</c> of a test.yaml, held against the document of <c>replay --json</c>.</summary>
internal sealed class Expectations
{
    private const string Drops = "drops.";

    private readonly string _file;
    private readonly ImmutableArray<Expectation> _counters;

    public Expectations(string file, ImmutableArray<Expectation> counters)
    {
        _file = file;
        _counters = counters;
    }

    /// <exception cref="RefusedException">The file cannot be read, or is no test.yaml with counters.</exception>
    public static Expectations Load(string file)
    {
        ScenarioFile read = ScenarioReader.Read(file, "a mapping with the key 'counters'", "--expect ");
        return new Expectations(file, read.Counters
            ?? throw new RefusedException($"{read.Position}: expected the key 'counters' with paths and numbers"));
    }

    /// <summary>Holds each against <paramref name="json"/>.</summary>
    public ExpectationResult Check(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return new ExpectationResult(_file, [.. _counters.Select(counter => new ExpectationOutcome(
            counter, Find(document.RootElement, counter.Path) ?? (IsDrop(counter.Path) ? "0" : "no such counter")))]);
    }

    /// <summary>A drop that did not occur has no key in the document.</summary>
    private static bool IsDrop(string path) =>
        path.StartsWith(Drops, StringComparison.Ordinal)
        && Enum.GetValues<DropReason>().Any(reason => reason != DropReason.None && DropReasonNames.Of(reason) == path[Drops.Length..]);

    /// <summary>
    /// The number at a dotted path as it stands in the document, or null. A key may have dots itself (a sub-port): the longest key that
    /// fits goes first.
    /// </summary>
    private static string? Find(JsonElement element, string path)
    {
        if (path.Length == 0) return element.ValueKind == JsonValueKind.Number ? element.GetRawText() : null;
        if (element.ValueKind == JsonValueKind.Array) return FindItem(element, path);
        if (element.ValueKind != JsonValueKind.Object) return null;
        JsonProperty? best = null;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool fits = path.Equals(property.Name, StringComparison.Ordinal)
                || path.StartsWith(property.Name + ".", StringComparison.Ordinal);
            if (fits && property.Name.Length > (best?.Name.Length ?? 0)) best = property;
        }

        return best is { } found ? Find(found.Value, path[Math.Min(path.Length, found.Name.Length + 1)..]) : null;
    }

    private static string? FindItem(JsonElement array, string path)
    {
        string[] parts = path.Split('.', 2);
        bool fits = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < array.GetArrayLength();
        return fits ? Find(array[index], parts.Length > 1 ? parts[1] : "") : null;
    }
}
