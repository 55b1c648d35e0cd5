using System.CommandLine;
using Appliance.FirstBoot;
using Appliance.Ports.Linux;

namespace Appliance.Verbs;

/// <summary><c>first-boot</c>: gives an appliance its first configuration, before it runs.</summary>
internal sealed class FirstBootVerb
{
    public static readonly string[] Examples = ["first-boot --seed /run/appliance-seed --config /etc/appliance/appliance.yaml"];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string?> _seed = Seed("Where a NoCloud or ConfigDrive volume is mounted; an empty folder is none.");

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

    /// <summary>The option of the folder where a seed is mounted.</summary>
    internal static Option<string?> Seed(string description) =>
        new Option<string?>("--seed") { Description = description, HelpName = "DIR" }.NeverEmpty();

    /// <summary>What the verb does. False: the seed is wrong, and what was there before stays.</summary>
    /// <param name="config">The configuration's file.</param>
    /// <param name="folder">Where a seed is mounted; null: nowhere.</param>
    internal static bool Prepare(string config, string? folder)
    {
        var first = new FirstConfiguration(Path.GetFullPath(config), ErrorOutput.Print);
        try
        {
            return folder is null || first.TakeFrom(folder);
        }
        finally                                                         // whatever a seed is, the machine is to be reached
        {
            using var catalog = new DeviceCatalog();
            first.LeaveDefault(catalog.Devices());
        }
    }

    private int Run(ParseResult parsed) =>
        Prepare(parsed.GetRequiredValue(_config), parsed.GetValue(_seed)) ? ExitCode.Done : ExitCode.Refused;
}
