using System.Collections.Immutable;
using System.CommandLine;
using Appliance.Configuration;
using Appliance.Management;

namespace Appliance.Verbs;

/// <summary>
/// <c>check</c>: validates a configuration, its ruleset and what https needs, where that is here. It opens no device.
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
        CheckHttps(model.Management.Https, path);
        CheckSecrets(model, path);
        foreach (ConfigurationError warning in warnings)
            ErrorOutput.Print($"warning: {warning}");
        string rules = model.Firewall is { } firewall ? $", {Count(firewall.Rules.Rules.Count, "rule")}" : "";
        Console.WriteLine($"{path}: ok: {model.Name}, {Count(model.Ports.Length, "port")}, {Count(model.Routes.Length, "route")}{rules}");
        return ExitCode.Done;
    }

    /// <summary>A file that is not here may be where the appliance runs; one that is here has to be right.</summary>
    private static void CheckHttps(HttpsModel? https, string path)
    {
        bool isHere = https is not null && File.Exists(https.TokenFile.Path);
        if (https is not null && !isHere) WarnOfMissing(path, "token-file", https.TokenFile);
        string[] faults = isHere ? [.. HttpsServer.FaultsOf(https, path)] : [];
        if (faults.Length > 0) throw new RefusedException(faults);
    }

    /// <summary>The same of passwords and the key of a pair.</summary>
    private static void CheckSecrets(RuntimeModel model, string path)
    {
        (string Key, FileReference Named)[] missing = [.. PairSecrets.FilesOf(model).Where(file => !File.Exists(file.Named.Path))];
        foreach ((string key, FileReference named) in missing) WarnOfMissing(path, key, named);
        _ = PairSecrets.Read(model, path, out ImmutableArray<ConfigurationError> errors);
        string[] faults =
        [
            .. errors.Where(error => !missing.Any(file => file.Named.Position == error.Position)).Select(error => error.ToString()),
        ];
        if (faults.Length > 0) throw new RefusedException(faults);
    }

    private static void WarnOfMissing(string path, string key, FileReference file) =>
        ErrorOutput.Print($"warning: {path}:{file.Position}: {key}: {file}: there is no such file here; run needs it");

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
