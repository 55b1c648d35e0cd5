using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// What was edited in the tables of a box while its ruleset is in force, whoever edited it: over what the ruleset says of a prefix stands a
/// mark, and together they are what the table holds. Marks are what the two boxes of a pair share; what a ruleset says is each box's own.
/// Of the one thread that edits tables.
/// <code>
///   ruleset ──► entries ──┐
///                         ├──► AddressTable, which workers look into
///   edits here ──► marks ─┘
///   the peer's ──►   └──► the peer (<see cref="TableReplica"/>)
/// </code>
/// </summary>
public sealed class TableLedger : ITableObserver
{
    /// <summary>Marks of all tables; an edit beyond them is in force here and nowhere else.</summary>
    public const int MaxMarks = 1 << 20;

    /// <summary>Names of tables, those that only the peer has included.</summary>
    public const int MaxTables = 1 << 12;

    private readonly Dictionary<string, MarkedTable> _tables = new(StringComparer.Ordinal);
    private readonly List<MarkedTable> _touched = [];
    private readonly Stack<int> _free = [];
    private readonly Queue<int> _noted = [];
    private TableMark[] _marks = new TableMark[64];
    private TableSet _set = TableSet.Empty;
    private KeyedRandom? _key;                                          // null: there is no peer to tell
    private bool _isApplying;
    private long _ordinal;
    private long _agreed;                                               // edits of this box up to this one the peer has had
    private int _whole;                                                 // tellings of all by the peer
    private int _count;
    private int _waiting;
    private long _refused;
    private long _homeless;
    private long _unmarked;

    /// <summary>Marks there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Marks that the peer is to be told of when there is room.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Entries of the peer's that a table here had no room for.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Records of the peer's of tables that are not here, or <c>const</c>. They count when such a table comes.</summary>
    public long Homeless => Volatile.Read(ref _homeless);

    /// <summary>Edits here that found no room for their marks: the peer does not know of them.</summary>
    public long Unmarked => Volatile.Read(ref _unmarked);

    /// <summary>Of all marks, as the stream has them.</summary>
    internal ulong Sum { get; private set; }

    /// <summary>Places that have ever been taken.</summary>
    internal int EverUsed { get; private set; }

    /// <summary>The peer's marks count where the two differ, now.</summary>
    internal Func<bool> Follows { get; set; } = static () => false;

    internal ref TableMark this[int place] => ref _marks[place];

    /// <summary>
    /// Another ruleset is in force, or the first one; what it leaves open has been taken over. Where it fills a table anew, edits of before
    /// are no more; a box that follows its peer keeps the peer's. The same with a table that is gone.
    /// </summary>
    public void Follow(TableSet next)
    {
        _set = next;
        HashSet<MarkedTable> named = [];
        foreach (ResolvedTable resolved in next.Tables)
        {
            if (FindOrAdd(resolved.Contents.Name, isHere: true) is not { } table) continue;
            named.Add(table);
            Follow(table, resolved);
        }

        foreach (MarkedTable table in _tables.Values.Where(table => table.IsHere && !named.Contains(table)).ToArray())
        {
            Detach(table);
            table.IsHere = false;
            if (!Follows()) Forget(table);
        }

        Apply();
    }

    void ITableObserver.OnEdit(AddressTable table, IpPrefix prefix, TablePrefixKind kind)
    {
        if (!_isApplying && _tables.TryGetValue(table.Name, out MarkedTable? marked)) Mark(marked, prefix, kind);
    }

    /// <summary>From here on changes wait for the peer, and digests are of this key; null: they wait no more.</summary>
    internal void Share(KeyedRandom? key)
    {
        (_key, Sum) = (key, 0);
        _noted.Clear();
        Volatile.Write(ref _waiting, 0);
        for (int place = 0; place < EverUsed; place++)
        {
            ref TableMark mark = ref _marks[place];
            if (mark.Table is null) continue;
            (mark.IsNoted, mark.Digest) = (false, 0);
            if (mark.IsGone) Free(place);
            else Settle(place);
        }
    }

    /// <summary>Null: there are too many names, or this one is too long to be told.</summary>
    internal MarkedTable? FindOrAdd(string name, bool isHere = false)
    {
        if (_tables.TryGetValue(name, out MarkedTable? known)) return known;
        var table = new MarkedTable(name);
        if (table.NameBytes.Length > MarkedTable.MaxNameLength || (!isHere && _tables.Count >= MaxTables)) return null;
        _tables.Add(name, table);
        return table;
    }

    /// <summary>A place for a mark that is not there yet. False: there are as many as there may be.</summary>
    internal bool TryTake(MarkedTable table, IpPrefix prefix, out int place)
    {
        if (!_free.TryPop(out place))
        {
            place = EverUsed;
            if (place == MaxMarks) return false;
            if (place == _marks.Length) Array.Resize(ref _marks, 2 * place);
            EverUsed++;
        }

        _marks[place] = new TableMark { Table = table, Prefix = prefix, IsGone = true };
        table.Places.Add(prefix, place);
        return true;
    }

    /// <summary>The peer has a mark, or has none any more. What it is to the table is seen to by <see cref="Apply"/>.</summary>
    internal void TakeOver(int place, TablePrefixKind kind, uint generation, bool isGone)
    {
        ref TableMark mark = ref _marks[place];
        MarkedTable table = mark.Table!;
        if (table.Touched.Count == 0) _touched.Add(table);
        table.Touched.Add(mark.Prefix);
        if (table.Contents is null && !isGone) Tally(ref _homeless, 1);
        SetGone(ref mark, isGone);
        (mark.Kind, mark.Generation, mark.Ordinal) = (kind, generation, 0);
        Settle(place);
        if (isGone && !mark.IsNoted) Free(place);
    }

    /// <summary>Before <see cref="TakeOver"/>: whether a prefix finds room in its table.</summary>
    internal bool TryReserve(MarkedTable table, IpPrefix prefix, TablePrefixKind kind)
    {
        if (kind == TablePrefixKind.Deleted || table.Contents is not { } contents) return true;
        if (contents.Count + table.Growing >= contents.MaximumEntries)
        {
            Apply();                                                    // what has gone makes room
            if (contents.Count >= contents.MaximumEntries && contents.KindOf(prefix) == TablePrefixKind.Deleted)
            {
                Tally(ref _refused, 1);
                return false;
            }
        }

        table.Growing++;
        return true;
    }

    /// <summary>What the peer has changed is in force.</summary>
    internal void Apply()
    {
        if (_touched.Count == 0) return;
        _isApplying = true;
        foreach (MarkedTable table in _touched)
        {
            if (table.Contents is { } contents)
                Tally(ref _refused, contents.Set(table.Touched.Select(prefix => KeyValuePair.Create(prefix, WantedOf(table, prefix)))));
            table.Touched.Clear();
            table.Growing = 0;
            ForgetName(table);
        }

        _touched.Clear();
        _isApplying = false;
        _set.Announce();
    }

    /// <summary>The next mark to be told of, as its peer has it from here on. False: none waits.</summary>
    /// <param name="change">What has become of it.</param>
    /// <param name="into">Gets the record.</param>
    /// <param name="length">Of the record; 0: there is nothing to be told of it after all.</param>
    internal bool TryTellNext(out FlowChange change, Span<byte> into, out int length)
    {
        (change, length) = (FlowChange.Made, 0);
        if (!_noted.TryDequeue(out int place)) return false;
        Volatile.Write(ref _waiting, _noted.Count);
        ref TableMark mark = ref _marks[place];
        mark.IsNoted = false;
        bool isGone = mark.IsGone;
        if (Settle(place)) length = TableRecord.Write(mark, into);
        if (isGone) change = FlowChange.Ended;
        if (isGone) Free(place);
        return true;
    }

    /// <summary>The sum has a mark as it is. False: it had.</summary>
    internal bool Settle(int place)
    {
        ref TableMark mark = ref _marks[place];
        ulong digest = mark.IsGone || _key is not { } key ? 0 : DigestOf(mark, key);
        if (digest == mark.Digest) return false;
        Sum += digest - mark.Digest;
        mark.Digest = digest;
        return true;
    }

    /// <summary>The peer has had it: what it no longer names has gone there.</summary>
    internal bool IsCommon(in TableMark mark) => mark.Ordinal <= _agreed;

    internal void Agree()
    {
        if (_noted.Count == 0) _agreed = _ordinal;
    }

    internal void BeginWhole() => _whole++;

    internal void Confirm(int place) => _marks[place].Confirmed = _whole;

    /// <summary>What the peer has not named since <see cref="BeginWhole"/> goes, unless it never knew it. Answers how many.</summary>
    internal int EndWhole()
    {
        int dropped = 0;
        for (int place = 0; place < EverUsed; place++)
        {
            ref TableMark mark = ref _marks[place];
            if (mark.Table is null || mark.IsGone || mark.Confirmed == _whole || !IsCommon(mark)) continue;
            TakeOver(place, mark.Kind, mark.Generation, isGone: true);
            dropped++;
        }

        return dropped;
    }

    private void Follow(MarkedTable table, ResolvedTable resolved)
    {
        if (table.IsHere && ReferenceEquals(table.Contents, resolved.Contents)) return;
        bool wasHere = table.IsHere;
        Detach(table);
        table.IsHere = true;
        if (wasHere && !Follows() && (resolved.HasContents || resolved.IsConstant)) Forget(table);
        if (resolved.IsConstant) return;
        table.Contents = resolved.Contents;
        resolved.Contents.Observer = this;
        if (!resolved.HasContents)
        {
            foreach (TableEntry entry in resolved.Contents.Entries())
                Mark(table, entry.Prefix, entry.IsNegated ? TablePrefixKind.Negated : TablePrefixKind.Member);
        }

        if (table.Places.Count > 0 && table.Touched.Count == 0) _touched.Add(table);
        table.Touched.UnionWith(table.Places.Keys);
    }

    private static void Detach(MarkedTable table)
    {
        if (table.Contents is { } contents) contents.Observer = null;
        table.Contents = null;
    }

    /// <summary>What was edited in a table counts no more.</summary>
    private void Forget(MarkedTable table)
    {
        foreach (int place in table.Places.Values.ToArray()) Edit(place, _marks[place].Kind, isGone: true);
    }

    private TablePrefixKind WantedOf(MarkedTable table, IpPrefix prefix) =>
        table.Places.TryGetValue(prefix, out int place) && !_marks[place].IsGone ? _marks[place].Kind : table.RuledKindOf(prefix);

    /// <summary>A prefix was edited here. As the ruleset has it, it needs no mark.</summary>
    private void Mark(MarkedTable table, IpPrefix prefix, TablePrefixKind kind)
    {
        bool isRuled = table.RuledKindOf(prefix) == kind;
        bool isMarked = table.Places.TryGetValue(prefix, out int place);
        if (!isMarked && isRuled) return;
        if (isMarked || TryTake(table, prefix, out place)) Edit(place, kind, isRuled);
        else Tally(ref _unmarked, 1);
    }

    private void Edit(int place, TablePrefixKind kind, bool isGone)
    {
        ref TableMark mark = ref _marks[place];
        if (mark.IsGone == isGone && (isGone || mark.Kind == kind)) return;
        SetGone(ref mark, isGone);
        (mark.Kind, mark.Ordinal) = (kind, ++_ordinal);
        mark.Generation++;
        if (_key is not null) Note(place);
        else if (isGone) Free(place);
    }

    private void Note(int place)
    {
        ref TableMark mark = ref _marks[place];
        if (mark.IsNoted) return;
        mark.IsNoted = true;
        _noted.Enqueue(place);
        Volatile.Write(ref _waiting, _noted.Count);
    }

    private void SetGone(ref TableMark mark, bool isGone)
    {
        if (mark.IsGone == isGone) return;
        mark.IsGone = isGone;
        Volatile.Write(ref _count, _count + (isGone ? -1 : 1));
    }

    private void Free(int place)
    {
        MarkedTable table = _marks[place].Table!;
        table.Places.Remove(_marks[place].Prefix);
        ForgetName(table);
        _marks[place] = default;
        _free.Push(place);
    }

    /// <summary>Where nothing is known of a table but that the peer once had one.</summary>
    private void ForgetName(MarkedTable table)
    {
        if (!table.IsHere && table.Places.Count == 0 && table.Touched.Count == 0) _tables.Remove(table.Name);
    }

    private static void Tally(ref long account, int times) => Volatile.Write(ref account, account + times);

    private static ulong DigestOf(in TableMark mark, KeyedRandom key)
    {
        UInt128 address = mark.Prefix.Address.Bits;
        ulong shape = ((ulong)mark.Generation << 32) | ((ulong)mark.Kind << 16) | ((ulong)mark.Prefix.Length << 8)
            | (mark.Prefix.Address.IsV6 ? 1u : 0);
        return key.Digest(RandomPurpose.TableDigest, [mark.Table!.NameDigest, (ulong)(address >> 64), (ulong)address, shape]);
    }
}
