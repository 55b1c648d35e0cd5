namespace Appliance.Firewall;

/// <summary>
/// One family of a table, immutable: a large layer and above it a small one of what was changed since. A change makes a new small layer;
/// when that has outgrown the square root of the large one, both become one. So a change costs in the order of √n, not n.
/// </summary>
internal sealed class TableSide
{
    private const int LeastChanges = 64;
    private readonly PrefixLayer _base;
    private readonly PrefixLayer? _changes;         // null: none
    private readonly bool _isV6;

    private TableSide(PrefixLayer below, PrefixLayer? changes, int count, bool isV6) =>
        (_base, _changes, Count, _isV6) = (below, changes, count, isV6);

    /// <summary>Prefixes that are there.</summary>
    public int Count { get; }

    public long MemoryBytes => _base.MemoryBytes + (_changes?.MemoryBytes ?? 0);

    public static TableSide Empty(bool isV6) => new(new PrefixLayer([], isV6), changes: null, count: 0, isV6);

    public static TableSide Create(TablePrefix[] sorted, bool isV6) =>
        new(new PrefixLayer(sorted, isV6), changes: null, sorted.Length, isV6);

    public bool Contains(UInt128 address) =>
        _changes is null ? _base.IsMember(address) : TryFind(address, out TablePrefix found) && found.Kind == TablePrefixKind.Member;

    /// <summary>The longest prefix that contains the address, member or negated.</summary>
    public bool TryFind(UInt128 address, out TablePrefix found)
    {
        int below = _base.Find(address), above = _changes?.Find(address) ?? -1;
        while (above >= 0)
        {
            found = _changes![above];
            int belowLength = below < 0 ? -1 : _base[below].Length;
            if (found.Length < belowLength) break;
            if (found.Kind != TablePrefixKind.Deleted) return true;
            if (found.Length == belowLength) below = _base.Parent(below);
            above = _changes.Parent(above);
        }

        found = below < 0 ? default : _base[below];
        return below >= 0;
    }

    /// <summary>The prefix itself, not what contains it.</summary>
    public bool TryGet(UInt128 network, byte length, out TablePrefix found)
    {
        int above = _changes?.IndexOf(network, length) ?? -1;
        int below = above >= 0 ? -1 : _base.IndexOf(network, length);
        found = above >= 0 ? _changes![above] : below >= 0 ? _base[below] : default;
        return (above >= 0 || below >= 0) && found.Kind != TablePrefixKind.Deleted;
    }

    /// <summary>All prefixes, in order.</summary>
    public TablePrefix[] ToArray() =>
        _changes is null ? _base.Prefixes.ToArray()
            : [.. Merge(_base.Prefixes, _changes.Prefixes).Where(prefix => prefix.Kind != TablePrefixKind.Deleted)];

    /// <summary>
    /// With these changes: sorted, each prefix once, none that changes nothing. <paramref name="growth"/> is by how many there are more.
    /// </summary>
    public TableSide With(ReadOnlySpan<TablePrefix> sorted, int growth)
    {
        List<TablePrefix> changes = _changes is null ? [.. sorted] : Merge(_changes.Prefixes, sorted);
        changes.RemoveAll(change => change.Kind == TablePrefixKind.Deleted && _base.IndexOf(change.Network, change.Length) < 0);
        int count = Count + growth;
        if (changes.Count <= Math.Max(LeastChanges, 2 * (int)Math.Sqrt(_base.Count)))
            return new TableSide(_base, changes.Count == 0 ? null : new PrefixLayer([.. changes], _isV6), count, _isV6);
        List<TablePrefix> all = Merge(_base.Prefixes, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
        all.RemoveAll(prefix => prefix.Kind == TablePrefixKind.Deleted);
        return Create([.. all], _isV6);
    }

    /// <summary>Both in order; of a prefix that stands in both, the upper.</summary>
    private static List<TablePrefix> Merge(ReadOnlySpan<TablePrefix> lower, ReadOnlySpan<TablePrefix> upper)
    {
        var merged = new List<TablePrefix>(lower.Length + upper.Length);
        int i = 0, j = 0;
        while (i < lower.Length || j < upper.Length)
        {
            int order = i == lower.Length ? 1 : j == upper.Length ? -1 : lower[i].CompareTo(upper[j]);
            if (order <= 0) i++;
            merged.Add(order < 0 ? lower[i - 1] : upper[j++]);
        }

        return merged;
    }
}
