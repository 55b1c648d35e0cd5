namespace Appliance.Configuration.Yaml;

internal sealed record MappingEntry(ScalarNode Key, YamlNode Value);
