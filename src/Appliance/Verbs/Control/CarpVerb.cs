using System.CommandLine;
using System.Globalization;
using System.Text;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>carp</c>: operates the failover of a running appliance.</summary>
internal sealed class CarpVerb
{
    public static readonly string[] Examples =
    [
        "carp status",
        "carp maintenance on",
        "carp failover",
        "carp failover --back",
        "carp demote 240",
        "carp demote -- -240",
    ];

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _socket = ControlCall.Socket();
    private readonly Option<bool> _back = new("--back") { Description = "Take back what this one is the better master of." };
    private readonly Argument<int> _amount = new("N")
    {
        Description = "In 1/256 seconds of skew, added to what was added before; negative takes away.",
    };

    private readonly Argument<string> _state =
        new Argument<string>("STATE") { Description = "on or off." }.AcceptOnlyFromAmong("on", "off");

    public static Command Build()
    {
        var verb = new CarpVerb();
        Command failover = verb.Asking("failover", "Hand all groups to the peer until it is gone, or take them back.", null, parsed =>
            verb.Change(parsed, parsed.GetValue(verb._back) ? "failover?back=true" : "failover"));
        failover.Add(verb._back);
        return new Command("carp", "Operate the failover of a running appliance.")
        {
            verb.Asking("status", "What each group is, why, and what has happened lately.", null, verb.Show),
            verb.Asking("demote", "Make this one a worse master of all groups, or a better one again.", verb._amount, parsed =>
                verb.Change(parsed, $"demote?amount={parsed.GetValue(verb._amount).ToString(CultureInfo.InvariantCulture)}")),
            verb.Asking("maintenance", "Hand over and stay out of service, or come back.", verb._state, parsed =>
                verb.Change(parsed, $"maintenance?state={parsed.GetValue(verb._state)}")),
            failover,
        };
    }

    private Command Asking(string name, string description, Argument? argument, Func<ParseResult, int> act)
    {
        var command = new Command(name, description);
        if (argument is not null) command.Add(argument);
        command.Add(_json);
        command.Add(_socket);
        command.SetAction(act);
        return command;
    }

    private int Show(ParseResult parsed) => ControlCall.Run(parsed.GetValue(_socket), async client =>
        Print(parsed, await client.GetAsync("carp/status", ManagementJson.Indented.CarpStatusDocument)));

    private int Change(ParseResult parsed, string request) => ControlCall.Run(parsed.GetValue(_socket), async client =>
    {
        CarpStatusDocument behind = await client.PostAsync($"carp/{request}", [], ManagementJson.Indented.CarpStatusDocument);
        Print(parsed, behind);
        if (behind.Warnings.Length > 0) throw new FailedException(string.Join("; ", behind.Warnings));
    });

    private void Print(ParseResult parsed, CarpStatusDocument status)
    {
        if (parsed.GetValue(_json)) LiveTables.PrintJson(status, ManagementJson.Indented.CarpStatusDocument);
        else Console.Out.Write(TextOf(status));
    }

    private static StringBuilder TextOf(CarpStatusDocument status)
    {
        var text = new StringBuilder();
        LiveTables.AppendCarp(text, status.Groups);
        string causes = string.Join(", ", status.Causes.Select(cause => $"{cause.Amount} {cause.Cause} {cause.Subject}".TrimEnd()));
        text.Append(CultureInfo.InvariantCulture, $"demotion {status.Demotion}{(causes.Length == 0 ? "" : $": {causes}")}\n");
        if (status.Maintenance) text.Append("out of service for maintenance\n");
        foreach (TransitionDocument moved in status.Timeline)
            text.Append(CultureInfo.InvariantCulture, $"{moved.SecondsAgo,10:f3} s ago  {moved.Text}\n");
        return text;
    }
}
