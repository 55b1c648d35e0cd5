using System.Collections.Immutable;
using System.Security;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Building;
using Appliance.Configuration.Yaml;
using Appliance.Firewall.Language;

namespace Appliance.Configuration;

/// <summary>
/// Text → nodes → what was asked → validated model. Opens the configuration file, and the ruleset that it names with the files that this
/// names, and nothing else: no device, no key, password or token file. Bad input of any kind is an error of the result, never an exception.
/// </summary>
public static class ConfigurationLoader
{
    /// <summary>The largest configuration that is read.</summary>
    public const int MaximumFileBytes = 1 << 20;

    /// <summary>Loads a file; paths in it are relative to its folder.</summary>
    public static ConfigurationResult Load(string path) =>
        Load(path, new RulesetFiles(Path.GetDirectoryName(path) ?? ""), out _);

    /// <summary>The same, and what the file held: empty where it cannot be read.</summary>
    /// <param name="rulesets">Where a ruleset is read, by its name as written.</param>
    public static ConfigurationResult Load(string path, IRulesetFiles rulesets, out byte[] contents)
    {
        contents = [];
        try
        {
            contents = NamedFile.Read(path, MaximumFileBytes);
            return LoadBytes(contents, path, rulesets);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException
                                            or ArgumentException or NotSupportedException)
        {
            return Failed(path, $"cannot be read: {Reason(failure, path)}");
        }
    }

    /// <summary>Loads a text as if it stood in <paramref name="fileName"/>, which need not exist.</summary>
    /// <param name="rulesets">Where a ruleset is read, by its name as written; without it a text that names one is wrong.</param>
    public static ConfigurationResult LoadText(string text, string fileName, IRulesetFiles? rulesets = null)
    {
        ErrorList errors = new(fileName);
        return !SourceText.Check(text, errors) ? errors.ToResult(null) : LoadChecked(text, fileName, rulesets, errors);
    }

    /// <summary>Loads what a file held, as if it still stood in <paramref name="fileName"/>.</summary>
    public static ConfigurationResult LoadBytes(ReadOnlySpan<byte> bytes, string fileName, IRulesetFiles? rulesets = null)
    {
        ErrorList errors = new(fileName);
        return !SourceText.TryDecode(bytes, errors, out string text)
            ? errors.ToResult(null)
            : LoadChecked(text, fileName, rulesets, errors);
    }

    private static ConfigurationResult LoadChecked(string text, string fileName, IRulesetFiles? rulesets, ErrorList errors)
    {
        MappingNode? root = NodeReader.Read(text, errors);
        if (root is null) return errors.ToResult(null);
        ApplianceConfig asked = ConfigReader.Read(root, errors);
        RuntimeModel model = ModelBuilder.Build(asked, fileName, rulesets, errors);
        return errors.ToResult(model);
    }

    private static string Reason(Exception failure, string path) => failure switch
    {
        _ when Directory.Exists(path) => "it is a folder; expected a file",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException or SecurityException => "permission denied",
        _ => failure.Message.ReplaceLineEndings(" "),
    };

    private static ConfigurationResult Failed(string file, string message) =>
        new(null, [new ConfigurationError(file, null, message)], ImmutableArray<ConfigurationError>.Empty);
}
