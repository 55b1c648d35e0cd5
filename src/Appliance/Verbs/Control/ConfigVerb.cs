using System.CommandLine;
using System.Globalization;
using System.Text;
using Appliance.Configuration;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>config</c>: changes the configuration of a running appliance without dropping what is established.</summary>
internal sealed class ConfigVerb
{
    public static readonly string[] Examples =
    [
        "config diff edge.yaml",
        "config apply edge.yaml --confirm-within 60",
        "config confirm",
        "config rollback",
        "config history",
    ];

    private readonly Option<string?> _socket = ControlCall.Socket();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Argument<string> _file = new("FILE") { Description = "The configuration file that is to be in force." };
    private readonly Argument<int> _steps = new("N")
    {
        Description = "So many generations back, as config history counts them; default 1.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => 1,
        CustomParser = result => Number(result, "rollback", 1, GenerationStore.Kept),
    };

    private readonly Option<int?> _confirm = new("--confirm-within")
    {
        Description = "Return to what is in force now unless 'config confirm' comes within so many seconds.",
        HelpName = "SECONDS",
        CustomParser = result => Number(result, "--confirm-within", 1, PendingConfirmation.MaximumSeconds),
    };

    public static Command Build()
    {
        var verb = new ConfigVerb();
        var diff = new Command("diff", "Say what applying a configuration would change.") { verb._file, verb._json, verb._socket };
        diff.SetAction(verb.Diff);
        var apply = new Command("apply", "Put a configuration in force.") { verb._file, verb._confirm, verb._json, verb._socket };
        apply.SetAction(verb.Apply);
        var confirm = new Command("confirm", "Keep what was applied with --confirm-within.") { verb._json, verb._socket };
        confirm.SetAction(parsed => verb.Change(parsed, "config/confirm", "confirmed"));
        var rollback = new Command("rollback", "Return to an earlier generation.") { verb._steps, verb._json, verb._socket };
        rollback.SetAction(parsed => verb.Change(
            parsed, string.Create(CultureInfo.InvariantCulture, $"config/rollback?steps={parsed.GetValue(verb._steps)}"), "in force"));
        var history = new Command("history", "List the generations that were in force.") { verb._json, verb._socket };
        history.SetAction(verb.History);
        return new Command("config", "Change the configuration of a running appliance.") { diff, apply, confirm, rollback, history };
    }

    private int Diff(ParseResult parsed)
    {
        ConfigurationBundle bundle = Read(parsed, out RuntimeModel model);
        return ControlCall.Run(SocketOf(parsed, model), async client =>
        {
            DifferenceDocument difference = await client.SendAsync("config/diff", bundle, ManagementJson.Indented.DifferenceDocument);
            if (parsed.GetValue(_json)) LiveTables.PrintJson(difference, ManagementJson.Indented.DifferenceDocument);
            else Print(difference);
        });
    }

    private int Apply(ParseResult parsed)
    {
        ConfigurationBundle bundle = Read(parsed, out RuntimeModel model);
        string path = parsed.GetValue(_confirm) is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"config/apply?confirmWithin={seconds}")
            : "config/apply";
        return ControlCall.Run(SocketOf(parsed, model), async client => Print(
            parsed, await client.SendAsync(path, bundle, ManagementJson.Indented.ChangeDocument), "in force"));
    }

    private int Change(ParseResult parsed, string path, string done) => ControlCall.Run(parsed.GetValue(_socket), async client =>
        Print(parsed, await client.PostAsync(path, [], ManagementJson.Indented.ChangeDocument), done));

    private int History(ParseResult parsed) => ControlCall.Run(parsed.GetValue(_socket), async client =>
    {
        HistoryDocument[] history = await client.GetAsync("config/history", ManagementJson.Indented.HistoryDocumentArray);
        if (parsed.GetValue(_json)) LiveTables.PrintJson(history, ManagementJson.Indented.HistoryDocumentArray);
        else Print(history);
    });

    /// <summary>The file is read here, by whoever asks and may read it; the appliance opens none that it is told.</summary>
    private ConfigurationBundle Read(ParseResult parsed, out RuntimeModel model)
    {
        var bundle = ConfigurationBundle.Read(parsed.GetRequiredValue(_file), out ConfigurationResult result);
        model = result.Model ?? throw new RefusedException([.. result.Errors.Select(error => error.ToString())]);
        return bundle;
    }

    private string SocketOf(ParseResult parsed, RuntimeModel model) =>
        Path.GetFullPath(parsed.GetValue(_socket) ?? model.Management.SocketPath);

    private void Print(ParseResult parsed, ChangeDocument change, string done)
    {
        if (parsed.GetValue(_json))
        {
            LiveTables.PrintJson(change, ManagementJson.Indented.ChangeDocument);
            return;
        }

        foreach (string warning in change.Warnings) ErrorOutput.Print(warning);
        foreach (string line in change.Changes) Console.WriteLine(line);
        string what = change.Generation == 0 ? "it" : string.Create(CultureInfo.InvariantCulture, $"generation {change.Generation}");
        string pending = change.ConfirmWithinSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"; it goes in {seconds} s unless 'appliance config confirm' comes")
            : "";
        Console.WriteLine($"{what} is {done}{pending}");
    }

    private static void Print(DifferenceDocument difference)
    {
        foreach (string action in difference.Actions) Console.WriteLine(action);
        if (difference.Actions.Length > 0 && difference.Text.Length > 0) Console.WriteLine();
        Console.Write(difference.Text);
        if (difference.Actions.Length == 0 && difference.Text.Length == 0) Console.WriteLine("no difference");
    }

    private static void Print(HistoryDocument[] history)
    {
        var table = new ColumnTable(">rollback", ">generation", "<time", "<origin", "<confirm by");
        foreach (HistoryDocument row in history)
        {
            table.Add(
                row.Rollback == 0 ? "in force" : Quantity.Count(row.Rollback),
                Quantity.Count(row.Generation),
                LiveTables.Time(row.Time),
                row.Origin,
                row.ConfirmBy is { } until ? LiveTables.Time(until) : "");
        }

        var text = new StringBuilder();
        table.AppendTo(text);
        Console.Out.Write(text);
    }

    private static int Number(System.CommandLine.Parsing.ArgumentResult result, string name, int least, int most)
    {
        string text = result.Tokens[0].Value;
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (!isNumber || number < least || number > most) result.AddError($"{name} {text}: expected a number from {least} to {most}");
        return number;
    }
}
