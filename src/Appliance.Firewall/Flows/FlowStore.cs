using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Records, their keys in the index, and their lists by bucket: what is where. When and why is the table's business.
/// </summary>
internal sealed class FlowStore : IDisposable
{
    private const int BlockSize = 64;

    private static readonly Vector128<byte> AnyPort = Vector128.Create(0, (ulong)FlowKey.AnyPort << 48).AsByte();

    private readonly FlowHash _hash;
    private readonly FlowIndex _index;

    public FlowStore(FlowTableSize size, FlowHash hash, ITableMemory memory)
    {
        _hash = hash;
        _index = new FlowIndex((2 * size.MaxStates) + size.MaxAliases, _hash, memory);
        States = new RecordPool<FlowRecord>(size.MaxStates, memory);
        Aliases = new RecordPool<AliasRecord>(size.MaxAliases, memory);
        StatesOf = new BucketLists<StateLinks>(new StateLinks(States.Records), size.Buckets);
        AliasesOf = new BucketLists<AliasLinks>(new AliasLinks(Aliases.Records), size.Buckets);
    }

    public RecordPool<FlowRecord> States { get; }

    public RecordPool<AliasRecord> Aliases { get; }

    public BucketLists<StateLinks> StatesOf { get; }

    public BucketLists<AliasLinks> AliasesOf { get; }

    /// <summary>Keys of one port in the index.</summary>
    public int BoundKeys { get; private set; }

    public long MemoryBytes => States.MemoryBytes + Aliases.MemoryBytes + _index.MemoryBytes;

    /// <summary>Bound states come before floating ones, as in pf; where there are none, one look will do.</summary>
    public void Lookup(ReadOnlySpan<PackedFlowKey> keys, FlowSide side, Span<FlowHit> hits)
    {
        uint wanted = FlowHit.SideBits(side), second = side == FlowSide.Wire ? FlowHit.AliasBit : 0;
        if (BoundKeys == 0)
        {
            _index.Lookup(keys, AnyPort, wanted, second, hits);
            return;
        }

        _index.Lookup(keys, default, wanted, second, hits);
        Span<FlowHit> floating = stackalloc FlowHit[BlockSize];
        for (int i = 0; i < keys.Length; i += BlockSize)
        {
            int count = Math.Min(BlockSize, keys.Length - i);
            _index.Lookup(keys.Slice(i, count), AnyPort, wanted, second, floating);
            for (int k = 0; k < count; k++)
            {
                if (hits[i + k].IsMiss) hits[i + k] = floating[k];
            }
        }
    }

    public void Lookup(ReadOnlySpan<FlowKey> keys, FlowSide side, Span<FlowHit> hits)
    {
        Span<PackedFlowKey> packed = stackalloc PackedFlowKey[BlockSize];
        for (int i = 0; i < keys.Length; i += BlockSize)
        {
            ReadOnlySpan<FlowKey> block = keys.Slice(i, Math.Min(BlockSize, keys.Length - i));
            Span<FlowHit> found = hits.Slice(i, block.Length);
            for (int k = 0; k < block.Length; k++)
                packed[k] = _hash.Pack(block[k]);
            Lookup(packed[..block.Length], side, found);
            PrefetchKeys(block, found, side);
            for (int k = 0; k < block.Length; k++)
            {
                if (block[k].IsV6 && !found[k].IsMiss && !Holds(found[k], block[k], side)) found[k] = Find(block[k], side);
            }
        }
    }

    public FlowHit Find(in FlowKey key, FlowSide side)
    {
        FlowHit bound = BoundKeys > 0 && key.Port != FlowKey.AnyPort ? FindAt(key, side) : default;
        return bound.IsMiss ? FindAt(key with { Port = FlowKey.AnyPort }, side) : bound;
    }

    /// <summary>The state of a bucket that has the key on this side, whatever other buckets have; no alias.</summary>
    public FlowHit FindOf(ushort bucket, in FlowKey key, FlowSide side)
    {
        FlowHit bound = BoundKeys > 0 && key.Port != FlowKey.AnyPort ? FindAtOf(bucket, key, side) : default;
        return bound.IsMiss ? FindAtOf(bucket, key with { Port = FlowKey.AnyPort }, side) : bound;
    }

    /// <summary>Asks the cache for where a key is, or will be.</summary>
    public void Expect(in FlowKey key) => _index.Prefetch(_hash.Pack(key));

    /// <summary>The same, at just this port.</summary>
    public FlowHit FindAtOf(ushort bucket, in FlowKey key, FlowSide side)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        values = values[.._index.FindAll(_hash.Pack(key), values)];
        foreach (uint value in values)
        {
            var hit = new FlowHit(value);
            bool isOnSide = (value & FlowHit.SideBits(side)) != 0 && Holds(hit, key, side);
            if (isOnSide && States.Records[hit.Index].HomeBucket == bucket) return hit;
        }

        return default;
    }

    /// <summary>At just this port: the state that has the key on this side, else an alias of it.</summary>
    public FlowHit FindAt(in FlowKey key, FlowSide side)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        values = values[.._index.FindAll(_hash.Pack(key), values)];
        FlowHit alias = default;
        foreach (uint value in values)
        {
            var hit = new FlowHit(value);
            if (!Holds(hit, key, side)) continue;
            if ((value & FlowHit.SideBits(side)) != 0) return hit;
            if (hit.IsAlias && side == FlowSide.Wire) alias = hit;
        }

        return alias;
    }

    /// <summary>What frames of a key go by that arrive in a bucket, whatever other buckets have: its state, else its alias.</summary>
    public FlowHit FindArriving(ushort bucket, in FlowKey key)
    {
        FlowHit bound = BoundKeys > 0 && key.Port != FlowKey.AnyPort ? FindArrivingAt(bucket, key) : default;
        return bound.IsMiss ? FindArrivingAt(bucket, key with { Port = FlowKey.AnyPort }) : bound;
    }

    /// <summary>
    /// The same, at just this port. Of several aliases one of states that have the key on the wire comes first, as it would if all were in
    /// one bucket; of several of these, whose frames nothing tells apart, that of the lowest bucket, so that everybody chooses the same.
    /// </summary>
    public FlowHit FindArrivingAt(ushort bucket, in FlowKey key)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        values = values[.._index.FindAll(_hash.Pack(key), values)];
        FlowHit found = default;
        foreach (uint value in values)
        {
            var hit = new FlowHit(value);
            if ((value & (FlowHit.WireBit | FlowHit.AliasBit)) == 0 || !Holds(hit, key, FlowSide.Wire)) continue;
            if (hit.IsState && States.Records[hit.Index].HomeBucket == bucket) return hit;
            if (hit.IsAlias && Aliases.Records[hit.Index].OwnBucket == bucket && IsBefore(hit, found)) found = hit;
        }

        return found;
    }

    /// <summary>
    /// Adds to how many states of one bucket want the alias of a key, or takes from it: it is made at the first, and goes at 0. False: no
    /// record or no room, and nothing has been done.
    /// </summary>
    /// <param name="key">As on the wire where its frames arrive.</param>
    /// <param name="bucket">Where that is.</param>
    /// <param name="owner">Whose the states are.</param>
    /// <param name="change">What is added.</param>
    /// <param name="onWire">How much of that for states that have the key on the wire.</param>
    /// <param name="isLent">It counts until the bucket leaves, and stays here: who will have the bucket knows it already.</param>
    public bool TryCountAlias(in FlowKey key, ushort bucket, ushort owner, int change, int onWire, bool isLent = false)
    {
        if (TryFindAlias(key, owner, out uint value))
        {
            Recount(value, change, onWire, isLent);
            return true;
        }

        if (!Aliases.TryRent(out int index)) return false;
        if (!TryEnter(key, AliasBit(change) | (uint)index))
        {
            Aliases.Return(index);
            return false;
        }

        ref AliasRecord alias = ref Aliases.Records[index];
        alias.WireKey = key;
        alias.OwnBucket = bucket;
        alias.StateBucket = owner;
        Add(ref alias, change, onWire, isLent);
        AliasesOf.Add(bucket, index);
        return true;
    }

    /// <summary>Enters a state's keys and puts it on its bucket's list. False: there is no room, and nothing has been done.</summary>
    public bool TryEnter(int index)
    {
        ref FlowRecord state = ref States.Records[index];
        if (state.IsTranslated)
        {
            if (!TryEnter(state.WireKey, FlowHit.WireBit | (uint)index)) return false;
            if (!TryEnter(state.StackKey, FlowHit.StackBit | (uint)index))
            {
                Withdraw(state.WireKey, FlowHit.WireBit | (uint)index);
                return false;
            }
        }
        else if (!TryEnter(state.WireKey, FlowHit.WireBit | FlowHit.StackBit | (uint)index))
        {
            return false;
        }

        StatesOf.Add(state.HomeBucket, index);
        return true;
    }

    public void Withdraw(int index)
    {
        ref FlowRecord state = ref States.Records[index];
        StatesOf.Remove(state.HomeBucket, index);
        if (state.IsTranslated)
        {
            Withdraw(state.WireKey, FlowHit.WireBit | (uint)index);
            Withdraw(state.StackKey, FlowHit.StackBit | (uint)index);
        }
        else
        {
            Withdraw(state.WireKey, FlowHit.WireBit | FlowHit.StackBit | (uint)index);
        }
    }

    public void RemoveAlias(int index) => RemoveAlias(index, AliasBit(Aliases.Records[index].Count) | (uint)index);

    /// <summary>Asks the cache for what a frame of a state touches first.</summary>
    public void Prefetch(ReadOnlySpan<FlowHit> hits)
    {
        foreach (FlowHit hit in hits)
        {
            if (hit.IsState) Prefetch(hit.Index);
        }
    }

    /// <summary>All that the long way touches of a state at once; where its frames go on to is looked at later.</summary>
    public void Prefetch(int index)
    {
        States.Records.Prefetch(index, 0);
        States.Records.Prefetch(index, FlowRecord.LineBytes);
        States.Records.Prefetch(index, FlowRecord.TrackerOffset);
        States.Records.Prefetch(index, FlowRecord.WireKeyOffset);
        States.Records.Prefetch(index, FlowRecord.StackKeyOffset);
    }

    public void Dispose()
    {
        States.Dispose();
        Aliases.Dispose();
        _index.Dispose();
    }

    private static uint AliasBit(int count) => count > 0 ? FlowHit.AliasBit : FlowHit.DebtBit;

    /// <summary>The alias of a key, at just this port, that names this owner, whether or not it is to be found.</summary>
    private bool TryFindAlias(in FlowKey key, ushort owner, out uint found)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        values = values[.._index.FindAll(_hash.Pack(key), values)];
        foreach (uint value in values)
        {
            if ((value & FlowHit.AliasBits) == 0) continue;
            ref AliasRecord alias = ref Aliases.Records[new FlowHit(value).Index];
            found = value;
            if (alias.StateBucket == owner && alias.WireKey.IsSameFlow(key)) return true;
        }

        found = 0;
        return false;
    }

    private bool IsBefore(FlowHit one, FlowHit other)
    {
        if (other.IsMiss) return true;
        ref AliasRecord first = ref Aliases.Records[one.Index], second = ref Aliases.Records[other.Index];
        return first.IsOnWire == second.IsOnWire ? first.StateBucket < second.StateBucket : first.IsOnWire;
    }

    private void Recount(uint value, int change, int onWire, bool isLent)
    {
        int index = new FlowHit(value).Index;
        ref AliasRecord alias = ref Aliases.Records[index];
        uint before = AliasBit(alias.Count);
        Add(ref alias, change, onWire, isLent);
        if (alias.IsSettled)
        {
            RemoveAlias(index, value);
            return;
        }

        uint after = AliasBit(alias.Count);
        if (before == after) return;
        PackedFlowKey packed = _hash.Pack(alias.WireKey);
        _index.Remove(packed, value);
        _index.TryInsert(packed, after | (uint)index);                  // where the other entry was, at the latest
    }

    private void RemoveAlias(int index, uint entry)
    {
        ref AliasRecord alias = ref Aliases.Records[index];
        AliasesOf.Remove(alias.OwnBucket, index);
        Withdraw(alias.WireKey, entry);
        Aliases.Return(index);
    }

    private static void Add(ref AliasRecord alias, int change, int onWire, bool isLent)
    {
        ref int states = ref isLent ? ref alias.Lent : ref alias.Wanted;
        ref short ofThese = ref isLent ? ref alias.LentOnWire : ref alias.WantedOnWire;
        states += change;
        ofThese = (short)(ofThese + onWire);
    }

    private bool TryEnter(in FlowKey key, uint value)
    {
        PackedFlowKey packed = _hash.Pack(key);
        if (IsCrowded(packed)) return false;
        if (!_index.TryInsert(packed, value)) return false;
        if (key.Port != FlowKey.AnyPort) BoundKeys++;
        return true;
    }

    /// <summary>
    /// Whether a key has as many entries as a search counts: one more might never be found, so it must not be. One flow has three at one
    /// port (a state's on the wire, one's inside, an alias), and for a moment a second alias, when the key was another connection's before;
    /// or a state of another bucket, which has the key for itself. A key has more only where two IPv6 flows share a digest, of 104 bits
    /// under a secret, or where states of many buckets had one key.
    /// </summary>
    private bool IsCrowded(in PackedFlowKey packed)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        return _index.FindAll(packed, values) == FlowIndex.MaxEqual;
    }

    private void Withdraw(in FlowKey key, uint value)
    {
        _index.Remove(_hash.Pack(key), value);
        if (key.Port != FlowKey.AnyPort) BoundKeys--;
    }

    /// <summary>Of IPv6 only: the others are in the index whole.</summary>
    private void PrefetchKeys(ReadOnlySpan<FlowKey> keys, ReadOnlySpan<FlowHit> hits, FlowSide side)
    {
        int offset = side == FlowSide.Wire ? FlowRecord.WireKeyOffset : FlowRecord.StackKeyOffset;
        for (int i = 0; i < keys.Length; i++)
        {
            if (hits[i].IsState && keys[i].IsV6) States.Records.Prefetch(hits[i].Index, offset);
        }
    }

    /// <summary>Whether a record that the index found has the key; that it has the port is certain.</summary>
    private bool Holds(FlowHit hit, in FlowKey key, FlowSide side)
    {
        if ((hit.Value & FlowHit.AliasBits) != 0) return Aliases.Records[hit.Index].WireKey.IsSameFlow(key);
        ref FlowRecord state = ref States.Records[hit.Index];
        return side == FlowSide.Wire ? state.WireKey.IsSameFlow(key) : state.StackKey.IsSameFlow(key);
    }
}
