using System.CommandLine;
using Appliance.Configuration;
using Appliance.Node;

namespace Appliance.Verbs;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<string> Config() =>
        new("--config") { Description = "The configuration file.", Required = true, HelpName = "FILE" };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document and nothing else." };

    public static Option<int?> Vcpus()
    {
        var option = new Option<int?>("--vcpus") { Description = "Workers; beats the configuration's vcpus.", HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1) return;
            if (!int.TryParse(result.Tokens[0].Value, out int count) || count is < 1 or > NodeOptions.MaxWorkers)
                result.AddError($"--vcpus {result.Tokens[0].Value}: a number from 1 to {NodeOptions.MaxWorkers} is needed");
        });
        return option;
    }

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "What every secret of the run derives from.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public static Option<bool> StrictMac() => new("--strict-mac")
    {
        Description = "Drop unicast frames that are not addressed to the port's MAC, instead of taking them as they are in a capture.",
    };

    /// <summary>The index of a port that has a device of its own, by name.</summary>
    public static int PhysicalPort(RuntimeModel model, string name, string flag)
    {
        IEnumerable<string> known = model.Ports.Where(other => other.IsPhysical).Select(other => other.Name);
        PortModel port = model.FindPort(name)
            ?? throw new RefusedException($"{flag} {name}: there is no such port; the configuration has {string.Join(", ", known)}");
        if (!port.IsPhysical)
        {
            throw new RefusedException(
                $"{flag} {name}: frames reach a sub-port through its parent; name {model.Ports[port.ParentIndex!.Value].Name} instead");
        }

        return port.Index;
    }
}
