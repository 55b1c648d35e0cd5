using System.Collections.Immutable;
using Appliance.Configuration.Keys;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Asked;

/// <summary>
/// Reads one mapping by the keys of its section: unknown and missing keys are reported when it is made, a wrong value when its key is read.
/// What is wrong reads as absent.
/// </summary>
internal sealed class SectionReader
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextPosition> _keys = new(StringComparer.Ordinal);
    private readonly ErrorList _errors;
    private readonly int _errorsBefore;

    /// <summary>Errors about the whole section point at <paramref name="position"/>: its name, or its beginning in a list.</summary>
    public SectionReader(Section section, MappingNode mapping, TextPosition position, ErrorList errors)
    {
        (Position, _errors, _errorsBefore) = (position, errors, errors.Count);
        foreach (MappingEntry entry in mapping.Entries) Take(section, entry);
        foreach (Key key in section.Keys.Where(key => key.IsRequired && !_keys.ContainsKey(key.Name)))
            errors.Add(position, $"{section.Noun} without '{key.Name}'; expected {key.Expected}");
    }

    public TextPosition Position { get; }

    /// <summary>Whether nothing was wrong with what has been read so far; to be asked last.</summary>
    public bool IsSound => _errors.Count == _errorsBefore;

    /// <summary>
    /// Where each key stands that was written, whatever is behind it; one misspelt stands for the key that was probably meant.
    /// </summary>
    public IReadOnlyDictionary<string, TextPosition> KeyPositions => _keys;

    public Positioned<T>? Read<T>(ScalarKey<T> key)
        where T : notnull =>
        _values.TryGetValue(key.Name, out YamlNode? node) && TryRead(key, key.TypedKind, node, out Positioned<T> value)
            ? value
            : null;

    /// <summary>The items that are right; empty when the key is absent.</summary>
    public ImmutableArray<Positioned<T>> Read<T>(ListKey<T> key)
        where T : notnull
    {
        ImmutableArray<Positioned<T>>.Builder items = ImmutableArray.CreateBuilder<Positioned<T>>();
        HashSet<T> seen = [];
        foreach (YamlNode node in Items(key, key.TakesOne, key.IsNonEmpty, key.MaximumItems))
        {
            if (!TryRead(key, key.TypedKind, node, out Positioned<T> value)) continue;
            if (seen.Add(value.Value)) items.Add(value);
            else _errors.Add(node.Position, $"{key.Name}: {Wording.Quote(((ScalarNode)node).Text)} stands twice; keep one");
        }

        return items.DrainToImmutable();
    }

    public SectionReader? Enter(SectionKey key) => _values.TryGetValue(key.Name, out YamlNode? node)
        ? Enter(key.Name, key.Section, node, _keys[key.Name])
        : null;

    public IEnumerable<SectionReader> Enter(SectionListKey key)
    {
        foreach (YamlNode node in Items(key, takesOne: false, isNonEmpty: false, key.MaximumItems))
        {
            if (Enter(key.Name, key.Section, node, node.Position) is { } section) yield return section;
        }
    }

    /// <summary>The named sections in order; a null reader where a name has no mapping behind it (reported).</summary>
    public IEnumerable<(Positioned<string> Name, SectionReader? Section)> Enter(NamedSectionsKey key)
    {
        if (!_values.TryGetValue(key.Name, out YamlNode? node)) yield break;
        if (node is not MappingNode mapping || mapping.Entries.IsEmpty)
        {
            _errors.Add(node is MappingNode ? node.Position : At(key, node), $"{key.Name}: {Found(node)}; expected {key.Expected}");
            yield break;
        }

        if (mapping.Entries.Length > key.MaximumItems)
            _errors.Add(mapping.Entries[key.MaximumItems].Key.Position, $"{key.Name}: more than {key.MaximumItems}, the most there may be");
        foreach (MappingEntry entry in mapping.Entries.Take(key.MaximumItems))
        {
            if (!key.NameKind.TryRead(entry.Key, out _, out string problem))
                _errors.Add(entry.Key.Position, $"{key.Name}: {problem}; expected {key.NameKind.Expected}");
            yield return (new Positioned<string>(entry.Key.Text, entry.Key.Position),
                Enter(entry.Key.Text, key.Section, entry.Value, entry.Key.Position));
        }
    }

    private SectionReader? Enter(string name, Section section, YamlNode node, TextPosition position)
    {
        if (node is MappingNode mapping) return new SectionReader(section, mapping, position, _errors);
        TextPosition at = node is ScalarNode { IsNull: true } ? position : node.Position;
        _errors.Add(at, $"{name}: {Found(node)}; expected a mapping with keys such as {section.SomeKeys}");
        return null;
    }

    private ImmutableArray<YamlNode> Items(Key key, bool takesOne, bool isNonEmpty, int maximum)
    {
        if (!_values.TryGetValue(key.Name, out YamlNode? node)) return [];
        if (takesOne && node is ScalarNode { IsNull: false }) return [node];
        if (node is not SequenceNode list || (isNonEmpty && list.Items.IsEmpty))
        {
            _errors.Add(At(key, node), $"{key.Name}: {Found(node)}; expected {key.Expected}");
            return [];
        }

        if (list.Items.Length <= maximum) return list.Items;
        _errors.Add(list.Items[maximum].Position, $"{key.Name}: more than {maximum} items, the most there may be");
        return list.Items[..maximum];
    }

    private bool TryRead<T>(Key key, ValueKind<T> kind, YamlNode node, out Positioned<T> value)
        where T : notnull
    {
        value = default;
        if (node is not ScalarNode { IsNull: false } scalar)
        {
            _errors.Add(At(key, node), $"{key.Name}: {Found(node)}; expected {kind.Expected}");
            return false;
        }

        if (kind.TryRead(scalar, out T? read, out string problem))
        {
            value = new Positioned<T>(read, scalar.Position);
            return true;
        }

        string remedy = problem.Contains("expected", StringComparison.Ordinal) ? "" : $"; expected {kind.Expected}";
        _errors.Add(scalar.Position, $"{key.Name}: {problem}{remedy}");
        return false;
    }

    /// <summary>The value; or the key, when nothing is written behind it.</summary>
    private TextPosition At(Key key, YamlNode node) => node is ScalarNode { IsNull: true, Text: "" } ? _keys[key.Name] : node.Position;

    private static string Found(YamlNode node) => node switch
    {
        ScalarNode { IsNull: true } => "no value",
        ScalarNode scalar => $"{Wording.Quote(scalar.Text)} stands here",
        SequenceNode { Items.IsEmpty: true } => "the list is empty",
        MappingNode { Entries.IsEmpty: true } => "the mapping is empty",
        _ => $"{node.Noun} stands here",
    };

    private void Take(Section section, MappingEntry entry)
    {
        string name = entry.Key.Text;
        _keys[name] = entry.Key.Position;
        if (section.Find(name) is not null)
        {
            _values[name] = entry.Value;
            return;
        }

        string? meant = Wording.Nearest(name, section.Names);
        if (meant is not null) _keys.TryAdd(meant, entry.Key.Position);
        string remedy = (name, meant, KeyIndex.HomeOf(name)) switch
        {
            ("<<", _, _) => "merge keys are not used here, write the keys out",
            (_, not null, _) => $"did you mean '{meant}'?",
            (_, _, { } home) => $"it belongs to {home.Noun}",
            _ => $"expected {Wording.Or([.. section.Names])}",
        };
        _errors.Add(entry.Key.Position, $"unknown key {Wording.Quote(name)} in {section.Noun}; {remedy}");
    }
}
