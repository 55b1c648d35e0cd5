using System.Collections.Immutable;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The tables of a ruleset by name, filled. As in FreeBSD, of two definitions of one table the last counts, and a table that rules name and
/// nothing defines is there and empty; a warning says so.
/// </summary>
/// <param name="maximumEntries">Of all tables together: <c>set limit table-entries</c>.</param>
internal sealed class TableResolver(int maximumEntries, ResolutionErrors errors)
{
    private readonly Dictionary<string, ResolvedTable> _byName = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private long _entries;

    public ImmutableArray<ResolvedTable> All => [.. _order.Select(name => _byName[name])];

    /// <summary>Those of a ruleset that was resolved before.</summary>
    public void Take(ImmutableArray<ResolvedTable> tables)
    {
        foreach (ResolvedTable table in tables) Add(table);
    }

    public void Define(ImmutableArray<PfTable> tables, IRulesetFiles files, FirewallPorts ports)
    {
        foreach (PfTable table in tables)
        {
            if (_byName.Remove(table.Name, out ResolvedTable? earlier))
            {
                _order.Remove(table.Name);
                _entries -= earlier.Contents.Count;
                errors.Warn(table.Position, $"table <{table.Name}> was defined before: only this definition counts");
            }

            Add(Fill(table, files, ports));
        }
    }

    /// <summary>The table of that name; where none is defined, an empty one from now on.</summary>
    public AddressTable Find(string name, SourcePosition position)
    {
        if (_byName.TryGetValue(name, out ResolvedTable? known)) return known.Contents;
        string nearest = NearestName.Of(name, _order) is { } near ? $" (did you mean <{near}>?)" : "";
        errors.Warn(position, $"table <{name}> is not defined{nearest}: it is empty until entries are added to it");
        var table = new AddressTable(name, maximumEntries);
        Add(new ResolvedTable(table));
        return table;
    }

    private void Add(ResolvedTable table)
    {
        _byName.Add(table.Contents.Name, table);
        _order.Add(table.Contents.Name);
    }

    private ResolvedTable Fill(PfTable table, IRulesetFiles files, FirewallPorts ports)
    {
        var contents = new AddressTable(table.Name, maximumEntries, table.Counters);
        var entries = new List<TableEntry>();
        foreach (PfTableEntry entry in table.Entries)
        {
            if (entry.Host is { } host) entries.Add(EntryOf(host));
            else if (entry.Path is { } path) Read(table, path, files, ports, entries);
        }

        bool isRefused = contents.Replace(entries).IsRefused;
        contents.Settle();
        _entries += contents.Count;
        if (isRefused || _entries > maximumEntries)
        {
            errors.Add(table.Position,
                $"table <{table.Name}>: with its entries there are more than {maximumEntries} in tables; "
                + "'set limit table-entries' allows more");
        }

        return new ResolvedTable(contents)
        {
            IsConstant = table.Const,
            IsPersistent = table.Persist,
            HasContents = table.HasContents,
            IsDefined = true,
        };
    }

    /// <summary>It was read when the ruleset was; it may be another file by now.</summary>
    private void Read(PfTable table, string path, IRulesetFiles files, FirewallPorts ports, List<TableEntry> entries)
    {
        if (!files.TryRead(path, out string text, out string reason))
            errors.Add(table.Position, $"cannot load \"{path}\": {reason}");
        else if (TableFile.Read(path, text, ports, host => entries.Add(EntryOf(host))) is { } error)
            errors.Add(error.Position, error.Message);
    }

    private static TableEntry EntryOf(PfHost host) => new(new IpPrefix(host.First, host.PrefixLength), host.Negated);
}
