using System.Collections.Immutable;

namespace Appliance.Configuration.Yaml;

/// <summary>Keys and values in the order written. A key stands once: the reader of the text reports a second and leaves it out.</summary>
internal sealed record MappingNode(TextPosition Position, ImmutableArray<MappingEntry> Entries) : YamlNode(Position)
{
    public override string Noun => "a mapping of keys";
}
