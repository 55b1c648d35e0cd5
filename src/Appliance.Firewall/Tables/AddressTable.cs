using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// A pf table: prefixes of both families, some negated; the longest that contains an address says whether it is a member. Any number of
/// readers ask while one writer edits: what they read is immutable and swapped by one store, so that a look sees all of an edit or
/// nothing, and what nobody reads any more is the collector's. Looks do not allocate.
/// </summary>
/// <param name="name">As in <c>&lt;name&gt;</c>.</param>
/// <param name="maximumEntries">An edit that would exceed it is refused whole (<c>set limit table-entries</c>).</param>
/// <param name="countsEntries">Whether packets are counted by entry (<c>counters</c>).</param>
public sealed class AddressTable(string name, int maximumEntries = AddressTable.DefaultMaximumEntries, bool countsEntries = false)
{
    public const int DefaultMaximumEntries = 200_000;                 // FreeBSD's PFR_KENTRY_HIWAT
    public const int NoReader = -1;

    /// <summary>Workers that may look.</summary>
    public const int MaximumReaders = 64;

    private readonly Snapshot?[] _seen = new Snapshot?[MaximumReaders];          // each element is its worker's
    private readonly TableCounters?[] _counters = new TableCounters?[MaximumReaders];
    private readonly TableSlots? _slots = countsEntries ? new TableSlots() : null;
    private volatile Snapshot _current = new(TableSide.Empty(isV6: false), TableSide.Empty(isV6: true));
    private Snapshot? _ruled;                                         // null: the ruleset says nothing of its contents
    private long _version;
    private bool _servesPools;

    public string Name => name;
    public int MaximumEntries => maximumEntries;
    public bool CountsEntries => countsEntries;

    /// <summary>Grows with every edit that changed something.</summary>
    public long Version => Volatile.Read(ref _version);

    public int Count => _current.Count;

    /// <summary>What the entries take, without counters: about 55 bytes for an IPv4 prefix, 95 for an IPv6 prefix.</summary>
    public long MemoryBytes => _current.V4.MemoryBytes + _current.V6.MemoryBytes;

    /// <summary>Whether the address is a member. An IPv4 address is in the low 32 bits.</summary>
    public bool Contains(UInt128 address, bool isV6) => (isV6 ? _current.V6 : _current.V4).Contains(address);

    public bool Contains(IpAddress address) => Contains(address.Bits, address.IsV6);

    /// <summary>
    /// The same as a worker sees it: as it was when the worker last called <see cref="Follow"/>, so that all looks for one packet see one
    /// table.
    /// </summary>
    public bool Contains(UInt128 address, bool isV6, int reader)
    {
        Snapshot seen = SeenBy(reader);
        return (isV6 ? seen.V6 : seen.V4).Contains(address);
    }

    /// <summary>The longest entry that contains the address, member or negated.</summary>
    public bool TryFind(UInt128 address, bool isV6, out TableHit hit, int reader = NoReader)
    {
        Snapshot seen = SeenBy(reader);
        bool isThere = (isV6 ? seen.V6 : seen.V4).TryFind(address, out TablePrefix found);
        hit = isThere ? new TableHit(ToEntry(found, isV6), found.Slot) : default;
        return isThere;
    }

    /// <summary>All entries: IPv4 first, by address, shorter prefixes first.</summary>
    public IEnumerable<TableEntry> Entries()
    {
        Snapshot now = _current;
        return now.V4.ToArray().Select(prefix => ToEntry(prefix, isV6: false))
            .Concat(now.V6.ToArray().Select(prefix => ToEntry(prefix, isV6: true)));
    }

    /// <summary>Counters for one more worker; null where the table does not count. The writer asks for them.</summary>
    public TableCounters? OpenCounters() => _slots?.OpenCounters();

    /// <summary>What was counted with an entry since it was added or zeroed; nothing if it is not there. By the writer.</summary>
    public TableCount CountOf(TableEntry entry, RuleDirection direction, bool passed) =>
        TryGetSlot(entry, out int slot) && _slots is not null ? _slots.Total(slot, direction, passed) : default;

    /// <summary>Lets an entry's counters begin anew; false if it is not there. By the writer.</summary>
    public bool Zero(TableEntry entry)
    {
        bool isThere = TryGetSlot(entry, out int slot);
        if (isThere) _slots?.Zero(slot);
        return isThere;
    }

    public TableChange Add(params IEnumerable<TableEntry> entries) => new TableEdit(this).Run(entries, isDeletion: false);

    public TableChange Delete(params IEnumerable<TableEntry> entries) => new TableEdit(this).Run(entries, isDeletion: true);

    /// <summary>The table has exactly these entries afterwards. Of entries that differ in their sign only, the first counts.</summary>
    public TableChange Replace(IEnumerable<TableEntry> entries)
    {
        var wanted = new Dictionary<IpPrefix, TableEntry>();
        int doubled = 0;
        foreach (TableEntry entry in entries)
            if (!wanted.TryAdd(entry.Prefix.Canonical, entry)) doubled++;
        TableEntry[] surplus = [.. Entries()
            .Where(entry => !(wanted.TryGetValue(entry.Prefix, out TableEntry kept) && kept.IsNegated == entry.IsNegated))];
        if (wanted.Count > MaximumEntries) return new TableChange(0, 0, 0, 0, IsRefused: true);
        var edit = new TableEdit(this);
        TableChange change = edit.Run(surplus, wanted.Values);
        return change with { Conflicting = doubled };
    }

    /// <summary>Takes all entries away and tells how many there were.</summary>
    public int Flush() => Replace([]).Deleted;

    /// <summary>Gets told of what edits change; null: nobody does. By the writer.</summary>
    internal ITableObserver? Observer { get; set; }

    /// <summary>What is here now is what the ruleset says. By who fills it by that.</summary>
    internal void Settle() => _ruled = _current;

    /// <summary>What the ruleset has a prefix to be here; <see cref="TablePrefixKind.Deleted"/>: it does not name it.</summary>
    internal TablePrefixKind RuledKindOf(IpPrefix prefix) => KindIn(_ruled, prefix);

    /// <summary>What a prefix is, itself and not what contains it.</summary>
    internal TablePrefixKind KindOf(IpPrefix prefix) => KindIn(_current, prefix);

    /// <summary>
    /// Makes prefixes, each named once and without host bits, what they are said to be, as far as there is room; what is to go goes first.
    /// Answers those that found none.
    /// </summary>
    internal int Set(IEnumerable<KeyValuePair<IpPrefix, TablePrefixKind>> wanted) => new TableEdit(this).Set(wanted);

    /// <summary>Opens counters for workers that have none yet, where the table counts. By the writer, before they look.</summary>
    internal void OpenReaders(int workers)
    {
        for (int worker = 0; CountsEntries && worker < workers; worker++) _counters[worker] ??= OpenCounters();
    }

    /// <summary>A worker sees all edits so far, from now on.</summary>
    internal void Follow(int reader) => _seen[reader] = _current;

    /// <summary>Null: the table does not count, or nobody opened them.</summary>
    internal TableCounters? CountersOf(int reader) => _counters[reader];

    internal Snapshot Current => _current;
    internal TableSlots? Slots => _slots;

    /// <summary>Its members by their place, of one family. None before <see cref="ServePools"/>.</summary>
    internal PoolAddresses AddressesOf(bool isV6) => isV6 ? _current.AddressesV6 : _current.AddressesV4;

    /// <summary>From here on its members are known by their place; an edit costs in the order of n then. By the writer.</summary>
    internal void ServePools()
    {
        if (_servesPools) return;
        _servesPools = true;
        _current = _current.WithAddresses();
    }

    internal void Publish(Snapshot next)
    {
        _current = _servesPools ? next.WithAddresses() : next;
        Volatile.Write(ref _version, _version + 1);
    }

    private Snapshot SeenBy(int reader) => reader == NoReader ? _current : _seen[reader] ?? _current;

    private static TablePrefixKind KindIn(Snapshot? contents, IpPrefix prefix)
    {
        if (contents is null) return TablePrefixKind.Deleted;
        TableSide side = prefix.Address.IsV6 ? contents.V6 : contents.V4;
        bool isThere = side.TryGet(prefix.Address.Bits, (byte)prefix.Length, out TablePrefix found);
        return isThere ? found.Kind : TablePrefixKind.Deleted;
    }

    private bool TryGetSlot(TableEntry entry, out int slot)
    {
        IpPrefix prefix = entry.Prefix.Canonical;
        TableSide side = prefix.Address.IsV6 ? _current.V6 : _current.V4;
        bool isThere = side.TryGet(prefix.Address.Bits, (byte)prefix.Length, out TablePrefix found);
        slot = found.Slot;
        return isThere && found.Kind == TablePrefixKind.Negated == entry.IsNegated;
    }

    private static TableEntry ToEntry(TablePrefix prefix, bool isV6)
    {
        IpAddress network = isV6 ? new Ipv6Address(prefix.Network) : new Ipv4Address((uint)prefix.Network);
        return new TableEntry(new IpPrefix(network, prefix.Length), prefix.Kind == TablePrefixKind.Negated);
    }

    internal sealed record Snapshot(TableSide V4, TableSide V6)
    {
        public int Count => V4.Count + V6.Count;
        public PoolAddresses AddressesV4 { get; private init; } = PoolAddresses.Empty;
        public PoolAddresses AddressesV6 { get; private init; } = PoolAddresses.Empty;

        public Snapshot WithAddresses() => this with
        {
            AddressesV4 = PoolAddresses.Of(V4.ToArray(), isV6: false), AddressesV6 = PoolAddresses.Of(V6.ToArray(), isV6: true),
        };
    }
}
