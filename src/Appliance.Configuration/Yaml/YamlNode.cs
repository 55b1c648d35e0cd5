namespace Appliance.Configuration.Yaml;

/// <summary>A value of the document as it was written, before it means anything.</summary>
internal abstract record YamlNode(TextPosition Position)
{
    /// <summary>What an error calls it: <c>a list</c>.</summary>
    public abstract string Noun { get; }
}
