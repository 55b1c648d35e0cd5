using System.Collections.Immutable;
using System.Text;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Wire.Ip;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>
/// Looks at tables and edits them, as <c>pfctl -T</c> does. Entries come as lines: a prefix or address, <c>!</c> negates it.
/// </summary>
internal sealed class TablesAnswer(ControlDesk desk)
{
    /// <summary>Bytes of the entries of one request.</summary>
    private const int MaximumBytes = 64 << 20;

    public async Task ShowAsync(HttpContext context, string name)
    {
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        ImmutableArray<TableRow>? rows = await desk.AskAsync(asked => asked.Appliance.Node.Tables.Show(name), patience.Token);
        if (rows is not { } found) throw NoSuchTable(name);
        await ControlRequests.WriteAsync(context, [.. found.Select(DocumentOf)], ManagementJson.Indented.TableEntryDocumentArray);
    }

    public async Task EditAsync(HttpContext context, string name, string verb)
    {
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        if (verb == "test")
        {
            await TestAsync(context, name, patience.Token);
            return;
        }

        TableEntry[] entries = verb is "add" or "delete" or "replace" ? await ReadEntriesAsync(context) : [];
        Func<TableControl, TableOutcome> edit = verb switch
        {
            "add" => tables => tables.Add(name, entries),
            "delete" => tables => tables.Delete(name, entries),
            "replace" => tables => tables.Replace(name, entries),
            "flush" => tables => tables.Flush(name),
            "zero" => tables => new TableOutcome(tables.Zero(name), default),
            _ => throw new RequestRefusedException(StatusCodes.Status404NotFound,
                $"table {verb}: expected one of add, delete, replace, test, flush, zero"),
        };
        TableOutcome outcome = await desk.AskAsync(asked => edit(asked.Appliance.Node.Tables), patience.Token);
        if (outcome.Fault != TableFault.None) throw Refusal(outcome.Fault, name);
        TableChange change = outcome.Change;
        await ControlRequests.WriteAsync(
            context,
            new TableChangeDocument(change.Added, change.Deleted, change.Unchanged, change.Conflicting),
            ManagementJson.Indented.TableChangeDocument);
    }

    private async Task TestAsync(HttpContext context, string name, CancellationToken cancellation)
    {
        TableEntry[] entries = await ReadEntriesAsync(context);
        IpAddress[] addresses = [.. entries.Select(entry => entry.Prefix.Address)];
        ImmutableArray<IpAddress>? members =
            await desk.AskAsync(asked => asked.Appliance.Node.Tables.Test(name, addresses), cancellation);
        if (members is not { } found) throw NoSuchTable(name);
        await ControlRequests.WriteAsync(
            context,
            new TableTestDocument([.. found.Select(address => address.ToString())], entries.Length),
            ManagementJson.Indented.TableTestDocument);
    }

    private static async Task<TableEntry[]> ReadEntriesAsync(HttpContext context)
    {
        string text = Encoding.UTF8.GetString(await ControlRequests.ReadBodyAsync(context, MaximumBytes));
        var entries = new List<TableEntry>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            bool isNegated = line[0] == '!';
            if (!StatesAnswer.TryParsePrefix(line.TrimStart('!', ' '), out IpPrefix prefix))
                throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"'{line}': expected an address or a network");
            entries.Add(new TableEntry(prefix.Canonical, isNegated));
        }

        return [.. entries];
    }

    private static TableEntryDocument DocumentOf(TableRow row) => new(
        row.Entry.ToString(), CountOf(row.InBlock), CountOf(row.InPass), CountOf(row.OutBlock), CountOf(row.OutPass));

    private static CountDocument CountOf(TableCount count) => new(count.Packets, count.Bytes);

    private static RequestRefusedException Refusal(TableFault fault, string name) => fault switch
    {
        TableFault.IsConstant => new RequestRefusedException(
            StatusCodes.Status409Conflict, $"table {name} is const: only the ruleset changes it"),
        TableFault.IsFull => new RequestRefusedException(
            StatusCodes.Status409Conflict, $"table {name} would become too long: see set limit table-entries"),
        _ => NoSuchTable(name),
    };

    private static RequestRefusedException NoSuchTable(string name) =>
        new(StatusCodes.Status404NotFound, $"there is no table {name}; show tables lists them");
}
