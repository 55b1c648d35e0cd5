using System.CommandLine;
using Appliance.Configuration;

namespace Appliance.Verbs;

/// <summary><c>check</c>: validates a configuration and its ruleset, and opens no device and no key.</summary>
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
        foreach (ConfigurationError warning in warnings)
            ErrorOutput.Print($"warning: {warning}");
        string rules = model.Firewall is { } firewall ? $", {Count(firewall.Rules.Rules.Count, "rule")}" : "";
        Console.WriteLine($"{path}: ok: {model.Name}, {Count(model.Ports.Length, "port")}, {Count(model.Routes.Length, "route")}{rules}");
        return ExitCode.Done;
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
