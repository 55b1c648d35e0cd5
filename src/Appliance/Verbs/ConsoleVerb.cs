using System.CommandLine;
using Appliance.Configuration;
using Appliance.Consoles;

namespace Appliance.Verbs;

/// <summary><c>console</c>: the menu at the screen and the serial line of an appliance that is a machine.</summary>
internal sealed class ConsoleVerb
{
    public static readonly string[] Examples = ["console", "console --socket /run/appliance/edge.sock"];

    private readonly Option<string> _config = new Option<string>(CommonOptions.ConfigName)
    {
        Description = "The configuration of the appliance that runs here.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "/etc/appliance/appliance.yaml",
    }.NeverEmpty();

    private readonly Option<string?> _socket = ControlCall.Socket();

    public static Command Build(Func<string[], int> run)
    {
        var verb = new ConsoleVerb();
        var command = new Command("console", "The menu of an appliance's console: status, failover, ports, captures, rollback, shell.")
        {
            verb._config, verb._socket,
        };
        command.SetAction(parsed => verb.Run(parsed, run));
        return command;
    }

    private int Run(ParseResult parsed, Func<string[], int> run)
    {
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;        // an interrupt ends what runs, never the menu
        new ApplianceConsole(
            new SystemTerminal(),
            Path.GetFullPath(parsed.GetRequiredValue(_config)),
            parsed.GetValue(_socket) ?? ManagementModel.DefaultSocketPath,
            words => run([.. words])).Run();
        return ExitCode.Done;
    }
}
