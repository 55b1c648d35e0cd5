using YamlDotNet.Core;

namespace Appliance.Configuration.Yaml;

/// <summary>The YAML library's complaints in the words of someone who edits a configuration.</summary>
internal static class SyntaxWording
{
    public static string Of(YamlException failure, string text) => failure.Message;
}
