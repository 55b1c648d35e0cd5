using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>One edit of a table: what is asked becomes a sorted list of changes for each family, published as a whole.</summary>
internal sealed class TableEdit(AddressTable table)
{
    private readonly Dictionary<IpPrefix, TablePrefix> _changes = [];
    private int _added, _deleted, _unchanged, _conflicting;

    public TableChange Run(IEnumerable<TableEntry> entries, bool isDeletion) =>
        isDeletion ? Run(entries, []) : Run([], entries);

    public TableChange Run(IEnumerable<TableEntry> deletions, IEnumerable<TableEntry> additions)
    {
        foreach (TableEntry entry in deletions) Delete(entry);
        foreach (TableEntry entry in additions) Add(entry);
        if (table.Count + _added - _deleted > table.MaximumEntries) return new TableChange(0, 0, 0, 0, IsRefused: true);
        Publish();
        return new TableChange(_added, _deleted, _unchanged, _conflicting);
    }

    /// <inheritdoc cref="AddressTable.Set"/>
    public int Set(IEnumerable<KeyValuePair<IpPrefix, TablePrefixKind>> wanted)
    {
        var additions = new List<KeyValuePair<IpPrefix, TablePrefixKind>>();
        int count = table.Count, refused = 0;
        foreach ((IpPrefix prefix, TablePrefixKind kind) in wanted)
        {
            bool isThere = TryGet(prefix, out TablePrefix present);
            if (isThere && kind != present.Kind) _changes[prefix] = present with { Kind = kind };
            else if (!isThere && kind != TablePrefixKind.Deleted) additions.Add(new(prefix, kind));
            if (isThere && kind == TablePrefixKind.Deleted) count--;
        }

        foreach ((IpPrefix prefix, TablePrefixKind kind) in additions)
        {
            if (count < table.MaximumEntries) _changes[prefix] = new(prefix.Address.Bits, (byte)prefix.Length, kind, Slot: 0);
            if (count++ >= table.MaximumEntries) refused++;
        }

        Publish();
        return refused;
    }

    private void Publish()
    {
        if (_changes.Count == 0) return;
        AddressTable.Snapshot now = table.Current;
        table.Publish(new AddressTable.Snapshot(With(now.V4, isV6: false), With(now.V6, isV6: true)));
        if (table.Observer is not { } observer) return;
        foreach ((IpPrefix prefix, TablePrefix change) in _changes) observer.OnEdit(table, prefix, change.Kind);
    }

    private void Add(TableEntry entry)
    {
        IpPrefix prefix = entry.Prefix.Canonical;
        TablePrefixKind kind = entry.IsNegated ? TablePrefixKind.Negated : TablePrefixKind.Member;
        if (TryGet(prefix, out TablePrefix present))
        {
            if (present.Kind == kind) _unchanged++;
            else _conflicting++;
            return;
        }

        _added++;
        _changes[prefix] = new TablePrefix(prefix.Address.Bits, (byte)prefix.Length, kind, Slot: 0);
    }

    private void Delete(TableEntry entry)
    {
        IpPrefix prefix = entry.Prefix.Canonical;
        if (!TryGet(prefix, out TablePrefix present))
        {
            _unchanged++;
            return;
        }

        if (present.Kind == TablePrefixKind.Negated != entry.IsNegated)
        {
            _conflicting++;
            return;
        }

        _deleted++;
        _changes[prefix] = present with { Kind = TablePrefixKind.Deleted };
    }

    /// <summary>As it is after the changes so far.</summary>
    private bool TryGet(IpPrefix prefix, out TablePrefix present)
    {
        if (_changes.TryGetValue(prefix, out present)) return present.Kind != TablePrefixKind.Deleted;
        TableSide side = prefix.Address.IsV6 ? table.Current.V6 : table.Current.V4;
        return side.TryGet(prefix.Address.Bits, (byte)prefix.Length, out present);
    }

    private TableSide With(TableSide side, bool isV6)
    {
        TablePrefix[] changes = [.. _changes.Where(change => change.Key.Address.IsV6 == isV6)
            .Select(change => Slotted(side, change.Value))];
        if (changes.Length == 0) return side;
        Array.Sort(changes);
        int growth = 0;
        foreach (TablePrefix change in changes)
        {
            bool was = side.TryGet(change.Network, change.Length, out _), isThere = change.Kind != TablePrefixKind.Deleted;
            growth += (isThere ? 1 : 0) - (was ? 1 : 0);
        }

        return side.With(changes, growth);
    }

    /// <summary>What is new gets a slot for its counters, what goes gives its slot back.</summary>
    private TablePrefix Slotted(TableSide side, TablePrefix change)
    {
        if (table.Slots is not { } slots) return change;
        if (side.TryGet(change.Network, change.Length, out TablePrefix before)) slots.Return(before.Slot);
        return change.Kind == TablePrefixKind.Deleted ? change : change with { Slot = slots.Rent() };
    }
}
