using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Configuration.Building;

/// <summary>
/// The ruleset's name → the ruleset, parsed and resolved on the ports. It is read only when nothing else is wrong: on ports that are not
/// what they should be, half of its errors would follow from theirs.
/// </summary>
/// <param name="texts">Where rulesets are read; null: nowhere.</param>
internal sealed class FirewallBuilder(FilePaths paths, IRulesetFiles? texts, ErrorList errors)
{
    public FirewallModel? Build(FirewallConfig? asked, ImmutableArray<PortModel> ports)
    {
        if (paths.Refer(asked?.Ruleset) is not { } file || errors.Count > 0) return null;
        string reason = "only a configuration that is a file has files beside it";
        if (texts is null || !texts.TryRead(file.Text, out _, out reason))
        {
            errors.Add(file.Position, $"ruleset: {Wording.Quote(file.Text)} cannot be read: {reason}; expected a pf.conf");
            return null;
        }

        var interfaces = new FirewallPorts(ports.Select(ToPort));
        PfParseResult parsed = PfRulesetParser.Parse(file.Text, texts, interfaces);
        if (parsed.Ruleset is not { } ruleset)
        {
            Report(parsed.Errors);
            return null;
        }

        ResolutionResult resolved = RulesetResolver.Resolve(ruleset, interfaces, texts);
        Report(resolved.Errors);
        foreach (PfError warning in resolved.Warnings) errors.Warn(InFolder(warning));
        return resolved.Ruleset is { } rules ? new FirewallModel(file, rules) : null;
    }

    /// <summary>What a port is to a ruleset. Who knows its MAC address adds the link-local address that is made of it.</summary>
    internal static FirewallPort ToPort(PortModel port) => new(port.Index, port.Name)
    {
        Groups = port.Groups,
        Addresses = [.. port.Addresses, .. port.VirtualAddresses],
    };

    private void Report(ImmutableArray<PfError> found)
    {
        foreach (PfError error in found) errors.Add(InFolder(error));
    }

    /// <summary>Rules are known by the file's name as it was written; messages name it so that it can be opened from here.</summary>
    private ConfigurationError InFolder(PfError error) => new(
        paths.Resolve(error.Position.File),
        new TextPosition(error.Position.Line, error.Position.Column),
        error.Message.ReplaceLineEndings(" "));
}
