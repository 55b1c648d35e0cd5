using System.CommandLine;
using System.Text;
using Appliance.Configuration;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>table</c>: looks at a table of the ruleset and edits it, as <c>pfctl -t TABLE -T …</c> does.</summary>
internal sealed class TableVerb
{
    public static readonly string[] Examples =
    [
        "table show blocked",
        "table add blocked 203.0.113.7 198.51.100.0/24",
        "table replace blocked --file blocked.txt",
        "table flush blocked",
    ];

    private readonly Argument<string> _table = new("TABLE") { Description = "Its name, without angle brackets." };
    private readonly Argument<string[]> _entries = new("ENTRY")
    {
        Description = "An address or a network; '!' before it negates it.", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _file =
        new Option<string?>("--file")
        {
            Description = "Entries on lines of their own; '#' begins a comment.", HelpName = "FILE",
        }.NeverEmpty();

    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _socket = ControlCall.Socket();

    public static Command Build()
    {
        var verb = new TableVerb();
        var show = new Command("show", "List the entries, with what was counted.") { verb._table, verb._json, verb._socket };
        show.SetAction(verb.Show);
        return new Command("table", "Work on a table of a running appliance's ruleset.")
        {
            show,
            verb.Edit("add", "Add entries.", takesEntries: true),
            verb.Edit("delete", "Delete entries.", takesEntries: true),
            verb.Edit("replace", "Make these the only entries.", takesEntries: true),
            verb.Edit("test", "Say which of these addresses are members.", takesEntries: true),
            verb.Edit("flush", "Delete all entries.", takesEntries: false),
            verb.Edit("zero", "Let all counters begin anew.", takesEntries: false),
        };
    }

    private Command Edit(string name, string description, bool takesEntries)
    {
        var command = new Command(name, description) { _table };
        if (takesEntries)
        {
            command.Add(_entries);
            command.Add(_file);
        }

        command.Add(_json);
        command.Add(_socket);
        command.SetAction(parsed => Edit(parsed, name, takesEntries ? EntriesOf(parsed) : []));
        return command;
    }

    private int Show(ParseResult parsed) => ControlCall.Run(parsed.GetValue(_socket), async client =>
    {
        TableEntryDocument[] entries = await client.GetAsync(
            $"tables/{Uri.EscapeDataString(parsed.GetRequiredValue(_table))}", ManagementJson.Indented.TableEntryDocumentArray);
        if (parsed.GetValue(_json)) LiveTables.PrintJson(entries, ManagementJson.Indented.TableEntryDocumentArray);
        else Console.Out.Write(LiveTables.OfEntries(entries));
    });

    private int Edit(ParseResult parsed, string verb, byte[] entries) => ControlCall.Run(parsed.GetValue(_socket), async client =>
    {
        string path = $"tables/{Uri.EscapeDataString(parsed.GetRequiredValue(_table))}/{verb}";
        bool json = parsed.GetValue(_json);
        if (verb == "test")
        {
            TableTestDocument test = await client.PostAsync(path, entries, ManagementJson.Indented.TableTestDocument);
            if (json) LiveTables.PrintJson(test, ManagementJson.Indented.TableTestDocument);
            else Console.WriteLine(string.Join(' ', [$"{test.Members.Length} of {test.Asked} are members", .. test.Members]));
            return;
        }

        TableChangeDocument change = await client.PostAsync(path, entries, ManagementJson.Indented.TableChangeDocument);
        if (json) LiveTables.PrintJson(change, ManagementJson.Indented.TableChangeDocument);
        else Console.WriteLine(Say(change));
    });

    private static string Say(TableChangeDocument change)
    {
        string conflicts = change.Conflicting == 0
            ? ""
            : $", {Quantity.Count(change.Conflicting)} left that stand there with the opposite sign";
        return $"{Quantity.Count(change.Added)} added, {Quantity.Count(change.Deleted)} deleted, "
            + $"{Quantity.Count(change.Unchanged)} unchanged{conflicts}";
    }

    private byte[] EntriesOf(ParseResult parsed)
    {
        var lines = new StringBuilder();
        foreach (string entry in parsed.GetValue(_entries) ?? []) lines.Append(entry).Append('\n');
        if (parsed.GetValue(_file) is { } path)
        {
            try
            {
                byte[] bytes = NamedFile.Read(path, ConfigurationBundle.MaximumBytes);
                if (bytes.Length > ConfigurationBundle.MaximumBytes)
                    throw new FailedException($"--file {path}: it is longer than {ConfigurationBundle.MaximumBytes} bytes");
                using var text = new StreamReader(new MemoryStream(bytes));
                while (text.ReadLine() is { } line) lines.Append(line.Split('#')[0]).Append('\n');
            }
            catch (Exception failure) when (FileFault.IsOne(failure))
            {
                throw new FailedException($"--file {path}: cannot be read: {FileFault.Reason(path, failure)}");
            }
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
