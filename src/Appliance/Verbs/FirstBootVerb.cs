using System.CommandLine;
using Appliance.FirstBoot;
using Appliance.Ports.Linux;

namespace Appliance.Verbs;

/// <summary><c>first-boot</c>: gives an appliance its first configuration, before it runs.</summary>
internal sealed class FirstBootVerb
{
    public static readonly string[] Examples = ["first-boot --seed /run/appliance-seed --config /etc/appliance/appliance.yaml"];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string?> _seed = new Option<string?>("--seed")
    {
        Description = "Where a NoCloud or ConfigDrive volume is mounted; an empty folder is none.", HelpName = "DIR",
    }.NeverEmpty();

    public static Command Build()
    {
        var verb = new FirstBootVerb();
        var command = new Command(
            "first-boot", "Take a seed's configuration over, once, and leave one that forwards nothing where there is none.")
        {
            verb._config, verb._seed,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var first = new FirstConfiguration(Path.GetFullPath(parsed.GetRequiredValue(_config)), ErrorOutput.Print);
        bool isTaken = false;
        try
        {
            isTaken = parsed.GetValue(_seed) is not { } folder || first.TakeFrom(folder);
        }
        finally                                                         // whatever a seed is, the machine is to be reached
        {
            using var catalog = new DeviceCatalog();
            first.LeaveDefault(catalog.Devices());
        }

        return isTaken ? ExitCode.Done : ExitCode.Refused;
    }
}
