using System.CommandLine;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>states kill</c>: ends connections, as <c>pfctl -k</c> does.</summary>
internal sealed class StatesVerb
{
    public static readonly string[] Examples =
    [
        "states kill 192.168.1.10",
        "states kill 192.168.1.0/24 198.51.100.7",
        "states kill --label guests",
        "states kill --all",
    ];

    private readonly Argument<string?> _source = Optional("SOURCE", "Who began the connection: an address or a network.");
    private readonly Argument<string?> _destination = Optional("DESTINATION", "Whom it was to reach.");
    private readonly (Option<string?> Option, string Key)[] _options =
    [
        (Asks("--source-port", "N", "The source's port."), "sourcePort"),
        (Asks("--destination-port", "N", "The destination's port."), "destinationPort"),
        (Asks("--gateway", "ADDRESS", "The address of the translated end."), "gateway"),
        (Asks("--protocol", "NAME", "tcp, udp, icmp … or a number."), "protocol"),
        (Asks("--family", "4|6", "IPv4 or IPv6."), "family"),
        (Asks("--port", "PORT", "The port of the appliance where the state was made."), "port"),
        (Asks("--label", "LABEL", "A label of the rule that made the state."), "label"),
        (Asks("--rule", "ID", "The id of that rule."), "rule"),
        (Asks("--id", "HEX", "Of the state, as show states --json has it."), "id"),
        (Asks("--table", "TABLE", "A table in which either end is."), "table"),
    ];

    private readonly Option<bool> _all = new("--all") { Description = "Every state." };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _socket = ControlCall.Socket();

    public static Command Build()
    {
        var verb = new StatesVerb();
        var kill = new Command("kill", "End connections; all that is told must hold of one.")
        {
            verb._source, verb._destination, verb._all,
        };
        foreach ((Option<string?> option, string _) in verb._options) kill.Add(option);
        kill.Add(verb._json);
        kill.Add(verb._socket);
        kill.SetAction(verb.Kill);
        return new Command("states", "Work on the states of a running appliance.") { kill };
    }

    private int Kill(ParseResult parsed)
    {
        IEnumerable<(string Key, string? Value)> asked =
        [
            ("source", parsed.GetValue(_source)),
            ("destination", parsed.GetValue(_destination)),
            ("all", parsed.GetValue(_all) ? "true" : null),
            .. _options.Select(option => (option.Key, parsed.GetValue(option.Option))),
        ];
        string query = string.Join('&', asked
            .Where(one => one.Value is not null)
            .Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value!)}"));
        return ControlCall.Run(parsed.GetValue(_socket), async client =>
        {
            KillDocument done = await client.PostAsync($"states/kill?{query}", [], ManagementJson.Indented.KillDocument);
            if (parsed.GetValue(_json)) LiveTables.PrintJson(done, ManagementJson.Indented.KillDocument);
            else Console.WriteLine($"killed {Quantity.Count(done.Killed)} states");
        });
    }

    private static Argument<string?> Optional(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    private static Option<string?> Asks(string name, string value, string description) =>
        new Option<string?>(name) { Description = description, HelpName = value }.NeverEmpty();
}
