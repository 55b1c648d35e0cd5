namespace Appliance.Firewall;

/// <summary>
/// Which address of a pool each source has (<c>sticky-address</c>), as long as it has states. One for a pool, shared by all workers,
/// touched only when a state is made or goes. A source has its place in one of many small sets, each claimed for a few instructions by an
/// interlocked exchange; the wait for a claim is bounded by seconds. Its size never changes: what does not find room is refused.
/// </summary>
public sealed class StickySources
{
    public const int DefaultCapacity = 10_000;                          // pf's limit src-nodes
    public const int MaxCapacity = 1 << 24;

    private const int SetLength = 8;

    private readonly Entry[] _entries;
    private readonly SetClaims _claims;
    private readonly int _setMask;

    private struct Entry
    {
        public UInt128 Source;
        public PoolChoice Choice;
        public int States;                                              // 0: free
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

    /// <summary>
    /// The address of a source, for one more state of it. A source that has none gets <paramref name="proposed"/>. False: there is no room;
    /// the state is to be refused as by pf's limit on source nodes.
    /// </summary>
    public bool TryHold(UInt128 source, in PoolChoice proposed, out PoolChoice held)
    {
        PoolChoice choice = proposed;
        held = choice;
        int set = SetOf(source);
        if (!_claims.TryEnter(set)) return false;
        Span<Entry> entries = _entries.AsSpan(set * SetLength, SetLength);
        int place = Find(entries, source);
        if (place < 0) place = FindFree(entries);
        if (place >= 0)
        {
            ref Entry entry = ref entries[place];
            if (entry.States == 0) (entry.Source, entry.Choice) = (source, choice);
            entry.States++;
            held = entry.Choice;
        }

        _claims.Leave(set);
        return place >= 0;
    }

    /// <summary>
    /// One state of the source is gone; with the last one its address is free. Should the claim not be had for seconds, the source keeps
    /// its place: the worst is an address that stays longer.
    /// </summary>
    public void Release(UInt128 source)
    {
        int set = SetOf(source);
        if (!_claims.TryEnter(set)) return;
        Span<Entry> entries = _entries.AsSpan(set * SetLength, SetLength);
        int place = Find(entries, source);
        if (place >= 0) entries[place].States--;
        _claims.Leave(set);
    }

    private static int Find(Span<Entry> entries, UInt128 source)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].States > 0 && entries[i].Source == source) return i;
        }

        return -1;
    }

    private static int FindFree(Span<Entry> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].States == 0) return i;
        }

        return -1;
    }

    private int SetOf(UInt128 source)
    {
        ulong mixed = ((ulong)source ^ (ulong)(source >> 64)) * 0x9e37_79b9_7f4a_7c15;
        return (int)(mixed >> 40) & _setMask;
    }
}
