using System.Collections.Immutable;
using Appliance.Firewall;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// The tables of the ruleset in force, edited while packets are judged, as <c>pfctl -T</c> does. Used by one thread, the one that tends
/// the node. A worker sees an edit from its next batch on, whole.
/// <para>
/// Another ruleset decides anew what is in the tables that it fills; those that it leaves open keep what they hold.
/// </para>
/// </summary>
public sealed class TableControl
{
    private readonly Func<TableSet> _tables;

    internal TableControl(Func<TableSet> tables) => _tables = tables;

    public ImmutableArray<string> Names => [.. _tables().Tables.Select(table => table.Contents.Name)];

    public TableOutcome Add(string name, params IEnumerable<TableEntry> entries) => Edit(name, table => table.Add(entries));

    public TableOutcome Delete(string name, params IEnumerable<TableEntry> entries) => Edit(name, table => table.Delete(entries));

    /// <summary>The table has exactly these entries afterwards.</summary>
    public TableOutcome Replace(string name, IEnumerable<TableEntry> entries) => Edit(name, table => table.Replace(entries));

    public TableOutcome Flush(string name) => Replace(name, []);

    /// <summary>Lets the counters of all entries begin anew.</summary>
    public TableFault Zero(string name)
    {
        if (_tables().Find(name) is not { } table) return TableFault.NoSuchTable;
        foreach (TableEntry entry in table.Contents.Entries()) table.Contents.Zero(entry);
        return TableFault.None;
    }

    /// <summary>Which of these addresses are members; null: there is no such table.</summary>
    public ImmutableArray<IpAddress>? Test(string name, params IEnumerable<IpAddress> addresses) =>
        _tables().Find(name) is { } table ? [.. addresses.Where(table.Contents.Contains)] : null;

    /// <summary>All entries, IPv4 first, by address; null: there is no such table.</summary>
    public ImmutableArray<TableRow>? Show(string name)
    {
        if (_tables().Find(name) is not { } table) return null;
        AddressTable contents = table.Contents;
        return [.. contents.Entries().Select(entry => new TableRow(
            entry,
            contents.CountOf(entry, RuleDirection.In, passed: false),
            contents.CountOf(entry, RuleDirection.In, passed: true),
            contents.CountOf(entry, RuleDirection.Out, passed: false),
            contents.CountOf(entry, RuleDirection.Out, passed: true)))];
    }

    private TableOutcome Edit(string name, Func<AddressTable, TableChange> edit)
    {
        TableSet tables = _tables();
        if (tables.Find(name) is not { } table) return new TableOutcome(TableFault.NoSuchTable, default);
        if (table.IsConstant) return new TableOutcome(TableFault.IsConstant, default);
        TableChange change = edit(table.Contents);
        tables.Announce();
        return new TableOutcome(change.IsRefused ? TableFault.IsFull : TableFault.None, change);
    }
}
