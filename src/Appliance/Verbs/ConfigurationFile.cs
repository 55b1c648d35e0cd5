using Appliance.Configuration;

namespace Appliance.Verbs;

/// <summary>Loads what <c>--config</c> names, as every verb does: all errors or a model.</summary>
internal static class ConfigurationFile
{
    /// <summary>
    /// Whether what a ruleset says is done to frames. While it is not, a configuration with a ruleset is checked, its ruleset with it, and
    /// then refused.
    /// </summary>
    public static bool FirewallIsInForce => true;

    public static RuntimeModel Load(string path) => Load(path, out _);

    /// <param name="warnings">What is allowed and yet likely not meant; only the verbs that put a configuration in force say it.</param>
    public static RuntimeModel Load(string path, out IReadOnlyList<ConfigurationError> warnings)
    {
        ConfigurationResult result = ConfigurationLoader.Load(path);
        if (result.Model is not { } model) throw new RefusedException([.. result.Errors.Select(error => error.ToString())]);
        RefuseWhatIsNotDone(path, model);
        warnings = result.Warnings;
        return model;
    }

    /// <summary>Closed by default: a ruleset that would not be in force is no reason to forward.</summary>
    private static void RefuseWhatIsNotDone(string path, RuntimeModel model)
    {
        if (model.Firewall is { } firewall && !FirewallIsInForce)
        {
            throw new RefusedException(
                $"{path}:{firewall.Ruleset.Position}: this version has no firewall yet, so it will not forward what a ruleset " +
                "should judge; without 'firewall' it is a router that passes everything");
        }
    }
}
