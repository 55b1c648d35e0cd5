using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Node;

namespace Appliance.Verbs;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public const string ConfigName = "--config";

    public static Option<string> Config() =>
        new Option<string>(ConfigName) { Description = "The configuration file.", Required = true, HelpName = "FILE" }.NeverEmpty();

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document and nothing else." };

    public static Option<int?> Vcpus()
    {
        var option = new Option<int?>("--vcpus") { Description = "Workers; beats the configuration's vcpus.", HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1) return;
            string text = result.Tokens[0].Value;
            bool good = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count is >= 1 and <= NodeOptions.MaxWorkers;
            if (!good) result.AddError($"--vcpus {text}: expected a number from 1 to {NodeOptions.MaxWorkers}");
        });
        return option;
    }

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "What every secret of the run derives from.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
                result.AddError($"--seed {text}: expected a number from 0 to {ulong.MaxValue}");
            return seed;
        },
    };

    public static Option<bool> StrictMac() => new("--strict-mac")
    {
        Description = "Drop unicast frames that are not addressed to the port's MAC, instead of taking them as they are in a capture.",
    };

    /// <summary>Refuses an argument without a character, which no file, folder or port has as its name.</summary>
    public static Option<T> NeverEmpty<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError($"{option.Name}: expected {option.HelpName}, found nothing");
        });
        return option;
    }

    /// <summary>Refuses the path of a socket that no socket can have.</summary>
    public static Option<string?> ThatASocketHas(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            foreach (string path in result.Tokens.Select(token => token.Value).Where(path => path.Length > 0))
            {
                if (ManagementModel.SocketPathProblem(path) is { } problem) result.AddError($"{option.Name} {path}: {problem}");
            }
        });
        return option;
    }

    /// <summary>The indices of ports that a flag names: <c>PORT</c> or <c>PORT,PORT</c>.</summary>
    public static ImmutableArray<int> PhysicalPorts(RuntimeModel model, string names, string flag) =>
        [.. names.Split(',').Select(name => PhysicalPort(model, name, flag))];

    /// <summary>The index of a port that has a device of its own, by name.</summary>
    private static int PhysicalPort(RuntimeModel model, string name, string flag)
    {
        IEnumerable<string> known = model.Ports.Where(other => other.IsPhysical).Select(other => other.Name);
        PortModel port = model.FindPort(name)
            ?? throw new RefusedException($"{flag} {name}: there is no such port; the configuration has {string.Join(", ", known)}");
        PortModel physical = port;
        while (physical.ParentIndex is { } parent)
            physical = model.Ports[parent];
        if (physical != port)
            throw new RefusedException($"{flag} {name}: frames reach a sub-port through its parent; name {physical.Name} instead");
        return port.Index;
    }
}
