using System.CommandLine;
using Appliance.Configuration;

namespace Appliance.Verbs;

/// <summary>
/// <c>check</c>: validates a configuration and its ruleset. It opens no device, and no key, password or token file.
/// </summary>
internal static class CheckVerb
{
    public static readonly string[] Examples = ["check --config my.yaml", "check my.yaml"];

    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        config.Required = false;
        var file = new Argument<string?>("FILE")
        {
            Description = "The same, without --config.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("check", "Validate a configuration; every error is printed as file:line:column: message.")
        {
            config, file,
        };
        command.Validators.Add(result =>
        {
            string? alone = result.GetValue(file);
            bool isNamed = result.GetResult(config) is not null;
            if (!isNamed && string.IsNullOrEmpty(alone)) result.AddError("expected --config FILE");
            else if (isNamed && alone is not null) result.AddError($"expected one configuration, found '{alone}' beside that of --config");
        });
        command.SetAction(parsed => Run(parsed.GetValue(config) ?? parsed.GetRequiredValue(file)!));
        return command;
    }

    private static int Run(string path)
    {
        RuntimeModel model = ConfigurationFile.Load(path, out IReadOnlyList<ConfigurationError> warnings);
        WarnOfMissing(model, path);
        foreach (ConfigurationError warning in warnings)
            ErrorOutput.Print($"warning: {warning}");
        string rules = model.Firewall is { } firewall ? $", {Count(firewall.Rules.Rules.Count, "rule")}" : "";
        Console.WriteLine($"{path}: ok: {model.Name}, {Count(model.Ports.Length, "port")}, {Count(model.Routes.Length, "route")}{rules}");
        return ExitCode.Done;
    }

    /// <summary>
    /// Secrets are not opened: where a configuration is checked they may be others' or nobody's. One that is not here may be where the
    /// appliance runs, which refuses what is wrong with it.
    /// </summary>
    private static void WarnOfMissing(RuntimeModel model, string path)
    {
        foreach ((string key, FileReference named) in HttpsFilesOf(model.Management.Https).Concat(PairSecrets.FilesOf(model)))
        {
            if (!File.Exists(named.Path))
                ErrorOutput.Print($"warning: {path}:{named.Position}: {key}: {named}: there is no such file here; run needs it");
        }
    }

    private static IEnumerable<(string Key, FileReference Named)> HttpsFilesOf(HttpsModel? https)
    {
        if (https is null) yield break;
        yield return ("token-file", https.TokenFile);
        if (https.CertificateFile is { } certificate) yield return ("certificate-file", certificate);
        if (https.KeyFile is { } key) yield return ("key-file", key);
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
