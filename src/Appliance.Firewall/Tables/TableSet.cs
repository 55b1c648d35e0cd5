using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>
/// The tables of a ruleset, as they change while it is in force. One writer edits; workers look whether anything was announced before each
/// batch and then see all of it, so that every packet meets each table as it was before an edit or after it, and never both.
/// </summary>
public sealed class TableSet
{
    public static readonly TableSet Empty = new([]);

    private long _version;

    private TableSet(ImmutableArray<ResolvedTable> tables) => Tables = tables;

    public ImmutableArray<ResolvedTable> Tables { get; }

    /// <summary>Grows with every <see cref="Announce"/>.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Makes the tables ready for so many workers.</summary>
    public static TableSet Open(ImmutableArray<ResolvedTable> tables, int workers)
    {
        foreach (ResolvedTable table in tables) table.Contents.OpenReaders(workers);
        return tables.IsEmpty ? Empty : new TableSet(tables);
    }

    /// <summary>Null: there is no such table.</summary>
    public ResolvedTable? Find(string name) => Tables.FirstOrDefault(table => table.Contents.Name == name);

    /// <summary>What was edited is to be seen.</summary>
    public void Announce() => Volatile.Write(ref _version, _version + 1);

    /// <summary>
    /// Tables whose contents the ruleset leaves open keep what tables of their names held before it: what was added while the earlier one
    /// was in force. What the ruleset fills has what the ruleset says.
    /// </summary>
    public void TakeOver(TableSet earlier)
    {
        foreach (ResolvedTable table in Tables)
        {
            if (table.HasContents || earlier.Find(table.Contents.Name) is not { } before) continue;
            if (!ReferenceEquals(before.Contents, table.Contents)) table.Contents.Replace(before.Contents.Entries());
        }

        Announce();
    }
}
