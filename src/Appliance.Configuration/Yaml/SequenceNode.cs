using System.Collections.Immutable;

namespace Appliance.Configuration.Yaml;

internal sealed record SequenceNode(TextPosition Position, ImmutableArray<YamlNode> Items) : YamlNode(Position)
{
    public override string Noun => "a list";
}
