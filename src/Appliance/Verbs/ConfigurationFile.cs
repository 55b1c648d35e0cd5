using Appliance.Configuration;

namespace Appliance.Verbs;

/// <summary>Loads what <c>--config</c> names, as every verb does: all errors or a model.</summary>
internal static class ConfigurationFile
{
    public static RuntimeModel Load(string path) => Load(path, out _);

    /// <param name="warnings">What is allowed and yet likely not meant; only the verbs that put a configuration in force say it.</param>
    public static RuntimeModel Load(string path, out IReadOnlyList<ConfigurationError> warnings)
    {
        ConfigurationResult result = ConfigurationLoader.Load(path);
        if (result.Model is not { } model) throw new RefusedException([.. result.Errors.Select(error => error.ToString())]);
        warnings = result.Warnings;
        return model;
    }
}
