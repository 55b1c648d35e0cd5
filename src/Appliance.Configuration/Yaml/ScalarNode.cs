namespace Appliance.Configuration.Yaml;

/// <summary>Text; the reader of a key decides its type, so that no YAML version's idea of octal, sexagesimal or Norway applies.</summary>
internal sealed record ScalarNode(TextPosition Position, string Text, bool IsPlain) : YamlNode(Position)
{
    /// <summary>Nothing written, or a null of the YAML 1.2 core schema.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    public override string Noun => "a single value";
}
