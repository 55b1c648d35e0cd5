using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Appliance.Configuration.Yaml;

/// <summary>
/// YAML 1.2 events → nodes with positions. Refused, each with its position: anchors and aliases (no value is written once and used twice,
/// so nothing can be multiplied), tags, a second document, nesting over <see cref="MaximumDepth" />, keys that are not text, duplicate
/// keys.
/// </summary>
internal sealed class NodeReader
{
    /// <summary>Nested lists and mappings; the deepest legal value stands five deep.</summary>
    public const int MaximumDepth = 16;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly ErrorList _errors;
    private readonly string _text;
    private bool _stopped;

    private NodeReader(string text, ErrorList errors)
    {
        _scanner = new Scanner(new StringReader(text));
        _parser = new Parser(_scanner);
        (_text, _errors) = (text, errors);
    }

    /// <summary>The mapping at the top of the only document, or null with at least one error. With duplicate keys there are both.</summary>
    public static MappingNode? Read(string text, ErrorList errors)
    {
        NodeReader reader = new(text, errors);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException failure)
        {
            reader.Report(failure.Message, failure.Start);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or FormatException or OverflowException
                                            or IndexOutOfRangeException or NullReferenceException)
        {
            // The library lets a few of these out, such as for \U escapes past Unicode; where it was reading is the nearest known place.
            reader.Report("", reader._scanner.CurrentPosition);
        }

        return null;
    }

    private MappingNode? ReadStream()
    {
        Take();
        Take();
        if (_parser.Current is not DocumentStart)
        {
            _errors.Add(TextPosition.Start, "the file is empty; expected a configuration with at least 'ports'");
            return null;
        }

        Take();
        YamlNode root = ReadNode(depth: 1);
        if (_stopped) return null;                                    // Stop has said why
        Take();
        Take();
        if (_parser.Current is DocumentStart second)
        {
            _errors.Add(PositionOf(second.Start), "a second document begins here; a configuration is one document");
            return null;
        }

        if (root is MappingNode mapping) return mapping;
        string problem = root is ScalarNode { IsNull: true } ? "the document is empty" : $"{root.Noun} stands here";
        _errors.Add(root.Position, $"{problem}; expected a mapping with keys such as 'ports' and 'routes'");
        return null;
    }

    /// <summary>Reads the node at the current event and leaves its last event current.</summary>
    private YamlNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        TextPosition position = PositionOf(current.Start);
        if (depth > MaximumDepth) return Stop(position, $"nested more than {MaximumDepth} deep; no value of a configuration is");
        if (current is AnchorAlias alias)
            return Stop(position, $"the alias '*{alias.Value}'; aliases are not used here, write the value out");
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            return Stop(position, $"the anchor '&{anchored.Anchor}'; anchors are not used here, write the value out");
        if (current is NodeEvent { Tag.IsEmpty: false } tagged)
            return Stop(position, $"the tag {Wording.Quote(TagText(tagged))}; tags are not used here, write the value alone");
        return current switch
        {
            Scalar scalar => new ScalarNode(position, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(position, depth),
            MappingStart => ReadMapping(position, depth),
            _ => Stop(position, "not YAML: expected a value"),
        };
    }

    private SequenceNode ReadSequence(TextPosition position, int depth)
    {
        ImmutableArray<YamlNode>.Builder items = ImmutableArray.CreateBuilder<YamlNode>();
        for (Take(); !_stopped && _parser.Current is not SequenceEnd; Take()) items.Add(ReadNode(depth + 1));
        return new SequenceNode(position, items.DrainToImmutable());
    }

    private MappingNode ReadMapping(TextPosition position, int depth)
    {
        ImmutableArray<MappingEntry>.Builder entries = ImmutableArray.CreateBuilder<MappingEntry>();
        Dictionary<string, TextPosition> seen = new(StringComparer.Ordinal);
        for (Take(); !_stopped && _parser.Current is not MappingEnd; Take())
        {
            YamlNode key = ReadNode(depth + 1);
            if (_stopped) break;
            Take();
            YamlNode value = ReadNode(depth + 1);
            if (_stopped) break;
            if (key is not ScalarNode { IsNull: false } name)
                _errors.Add(key.Position, "this key is not text; expected a key such as 'ports'");
            else if (seen.TryGetValue(name.Text, out TextPosition first))
                _errors.Add(key.Position,
                    $"the key {Wording.Quote(name.Text)} stands here a second time, the first is at {first}; keep one");
            else
            {
                seen.Add(name.Text, name.Position);
                entries.Add(new MappingEntry(name, value));
            }
        }

        return new MappingNode(position, entries.DrainToImmutable());
    }

    private void Take()
    {
        if (!_stopped && !_parser.MoveNext()) Stop(PositionOf(_parser.Current?.End ?? Mark.Empty), "not YAML: the text ends too early");
    }

    private ScalarNode Stop(TextPosition position, string message)
    {
        if (!_stopped) _errors.Add(position, message);
        _stopped = true;
        return new ScalarNode(position, "", IsPlain: true);
    }

    private void Report(string complaint, Mark mark)
    {
        (TextPosition position, string message) = SyntaxWording.Of(complaint, PositionOf(mark), _text);
        _errors.Add(position, message);
    }

    private static string TagText(NodeEvent tagged) => tagged.Tag.IsNonSpecific ? "!" : tagged.Tag.Value;

    private static TextPosition PositionOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
