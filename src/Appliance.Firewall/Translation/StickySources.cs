namespace Appliance.Firewall;

/// <summary>
/// Which address of a pool each source has (<c>sticky-address</c>), as long as it has states, and after the last one for <c>src.track</c>
/// seconds. One for a pool, shared by all workers, touched only when a state is made or goes. A source has its place in one of many small
/// sets, each claimed for a few instructions by an interlocked exchange; the wait for a claim is bounded by seconds. Its size never
/// changes: who has states keeps his place, who has none any more makes room, and what finds none is refused.
/// </summary>
public sealed class StickySources
{
    public const int DefaultCapacity = 10_000;                          // pf's limit src-nodes
    public const int MaxCapacity = 1 << 24;

    private const int SetLength = 8;

    private readonly Entry[] _entries;
    private readonly SetClaims _claims;
    private readonly int _setMask;
    private int _held;                                                  // states of all sources
    private uint _second;

    private struct Entry
    {
        public UInt128 Source;
        public PoolChoice Choice;
        public int States;
        public uint Until;                                              // seconds: when it is free, once there are no states
    }

    /// <param name="capacity">Sources that surely find room when they spread evenly; there are twice as many places.</param>
    public StickySources(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity is > 0 and <= MaxCapacity, true, nameof(capacity));
        int sets = 1;
        while (sets * SetLength < 2 * capacity) sets *= 2;
        _setMask = sets - 1;
        _claims = new SetClaims(sets);
        _entries = new Entry[sets * SetLength];
    }

    /// <summary>In a <see cref="StickyLedger"/>; 0: in none, and states need not say when they end.</summary>
    public byte Number { get; init; }

    /// <summary>The present, for those without states; any worker tells it.</summary>
    public uint Second
    {
        get => Volatile.Read(ref _second);
        set => Volatile.Write(ref _second, value);
    }

    /// <summary>Whether no source has a state.</summary>
    internal bool IsIdle => Volatile.Read(ref _held) == 0;

    /// <summary>
    /// The address of a source, for one more state of it. A source that has none gets <paramref name="proposed"/>, and so does one whose
    /// address is not in the pool any more. False: there is no room; the state is to be refused as by pf's limit on source nodes.
    /// </summary>
    /// <param name="source">Who.</param>
    /// <param name="proposed">The pool's next address.</param>
    /// <param name="held">The address to use.</param>
    /// <param name="pool">Where the address must be; null: it surely is.</param>
    public bool TryHold(UInt128 source, in PoolChoice proposed, out PoolChoice held, AddressPool? pool = null)
    {
        PoolChoice choice = proposed;
        held = choice;
        int set = SetOf(source);
        if (!_claims.TryEnter(set)) return false;
        Span<Entry> entries = _entries.AsSpan(set * SetLength, SetLength);
        int place = Find(entries, source);
        bool isKnown = place >= 0;
        if (!isKnown) place = FindRoom(entries);
        if (place >= 0)
        {
            ref Entry entry = ref entries[place];
            if (!isKnown || pool?.Contains(entry.Choice.Address) == false) (entry.Source, entry.Choice) = (source, choice);
            entry.States++;
            held = entry.Choice;
            Interlocked.Increment(ref _held);
        }

        _claims.Leave(set);
        return place >= 0;
    }

    /// <summary>
    /// One state of the source is gone; some time after the last one its address is free. Should the claim not be had for seconds, the
    /// source keeps its place: the worst is an address that stays longer.
    /// </summary>
    /// <param name="source">Who.</param>
    /// <param name="keptSeconds">How long it is remembered without states.</param>
    public void Release(UInt128 source, uint keptSeconds = 0)
    {
        int set = SetOf(source);
        if (!_claims.TryEnter(set)) return;
        Span<Entry> entries = _entries.AsSpan(set * SetLength, SetLength);
        int place = Find(entries, source);
        if (place >= 0 && entries[place].States > 0)
        {
            entries[place].Until = Second + keptSeconds;
            entries[place].States--;
            Interlocked.Decrement(ref _held);
        }

        _claims.Leave(set);
    }

    private int Find(Span<Entry> entries, UInt128 source)
    {
        uint now = Second;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Source == source && (entries[i].States > 0 || entries[i].Until > now)) return i;
        }

        return -1;
    }

    /// <summary>Of those without states the one that was to be forgotten first.</summary>
    private static int FindRoom(Span<Entry> entries)
    {
        int first = -1;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].States == 0 && (first < 0 || entries[i].Until < entries[first].Until)) first = i;
        }

        return first;
    }

    private int SetOf(UInt128 source)
    {
        ulong mixed = ((ulong)source ^ (ulong)(source >> 64)) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 40) & _setMask;
    }
}
