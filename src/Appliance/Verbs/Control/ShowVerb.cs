using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>show</c>: what a running appliance is and does.</summary>
internal sealed class ShowVerb
{
    public static readonly string[] Examples =
        ["show ports", "show ports --watch", "show states --json", "show rules --socket /run/appliance/edge.sock"];

    private readonly Argument<string> _what = new("WHAT") { Description = string.Join(", ", LiveTables.Names) };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _socket = ControlCall.Socket();
    private readonly Option<double?> _watch = new("--watch")
    {
        Description = "Show it again and again, every so many seconds (1); of ports also the rates between.",
        HelpName = "SECONDS",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0) return 1;
            string text = result.Tokens[0].Value;
            bool isGood = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
                && seconds is >= 0.1 and <= 3600;
            if (!isGood) result.AddError($"--watch {text}: expected seconds from 0.1 to 3600");
            return seconds;
        },
    };

    public static Command Build()
    {
        var verb = new ShowVerb();
        verb._what.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is var what && !LiveTables.Names.Contains(what, StringComparer.Ordinal))
                result.AddError($"show {what}: expected one of {string.Join(", ", LiveTables.Names)}");
        });
        var command = new Command("show", "Show what a running appliance is and does.")
        {
            verb._what, verb._json, verb._watch, verb._socket,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string what = parsed.GetRequiredValue(_what);
        bool json = parsed.GetValue(_json);
        return ControlCall.Run(parsed.GetValue(_socket), client => parsed.GetResult(_watch) is null
            ? ShowAsync(client, what, json)
            : WatchAsync(client, what, json, TimeSpan.FromSeconds(parsed.GetValue(_watch) ?? 1)));
    }

    private static async Task ShowAsync(ControlClient client, string what, bool json)
    {
        if (json)
        {
            await using Stream document = await client.OpenAsync($"show/{what}");
            await ControlCall.PrintAsync(document);
            return;
        }

        if (what == "states")
        {
            await using Stream states = await client.OpenAsync("show/states");
            await StatesTable.PrintAsync(states, Console.Out);
            return;
        }

        var text = new StringBuilder();
        LiveTables.Append(what, await client.GetAsync($"show/{what}"), text);
        Console.Out.Write(text);
    }

    private static async Task WatchAsync(ControlClient client, string what, bool json, TimeSpan interval)
    {
        using var interrupt = new Interruption();
        var rates = new PortRates();
        try
        {
            while (true)
            {
                if (json || what == "states") await ShowAsync(client, what, json);
                else Show(what, await client.GetAsync($"show/{what}", interrupt.Token), rates);
                await Task.Delay(interval, interrupt.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The user has seen enough
        }
    }

    private static void Show(string what, byte[] document, PortRates rates)
    {
        var text = new StringBuilder(Console.IsOutputRedirected ? "" : "\e[H\e[J");
        if (what == "ports") rates.Append(document, Stopwatch.GetTimestamp(), text);
        else LiveTables.Append(what, document, text);
        Console.Out.Write(text);
        Console.Out.Flush();
    }
}
