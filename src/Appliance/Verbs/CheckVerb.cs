using System.CommandLine;
using Appliance.Configuration;

namespace Appliance.Verbs;

/// <summary><c>check</c>: validates a configuration and opens no device and no key.</summary>
internal static class CheckVerb
{
    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        var command = new Command("check", "Validate a configuration; every error is printed as file:line:column: message.") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Run(string path)
    {
        RuntimeModel model = ConfigurationFile.Load(path, out IReadOnlyList<ConfigurationError> warnings);
        foreach (ConfigurationError warning in warnings)
            ErrorOutput.Print($"warning: {warning}");
        Console.WriteLine($"{path}: ok: {model.Name}, {Count(model.Ports.Length, "port")}, {Count(model.Routes.Length, "route")}");
        return ExitCode.Done;
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
