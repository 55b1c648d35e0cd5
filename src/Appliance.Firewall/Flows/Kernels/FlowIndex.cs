using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Packed key to value, an open hash table whose look-up is one cache line and one comparison:
/// <code>
///     bucket    | key 0 | key 1 | key 2 | value 0 | value 1 | value 2 | passed by |       64 bytes; value 0: the place is empty
///     segment   128 buckets; a key stands in its home bucket or, where that is full, in one behind it, around within the segment
/// </code>
/// "Passed by" counts the keys that found a bucket full; where it is 0 a search ends. A batch is hashed as a whole and its buckets asked
/// for before the first is looked at, so that the misses of up to 64 keys are under way at once.
/// <para>
/// It grows by linear hashing (Litwin, 1980), by segments: when there are more than 112 keys a segment on average, the next segment in turn
/// gives about half of its keys to a new one. That touches two segments, some microseconds of work once in 112 insertions; the address
/// space for the largest size is taken at the start, so nothing is ever copied as a whole. Segments not yet split hold up to twice the
/// average, 224 of 384 places, which is ten standard deviations from full.
/// </para>
/// </summary>
internal sealed unsafe class FlowIndex : IDisposable
{
    public const int MaxEqual = 8;                                      // entries of one key that a search counts; who adds sees to it
    public const int BucketsPerSegment = 128;
    public const int KeysPerSegment = BucketsPerSegment * Places;

    private const int Places = 3;                                       // of a bucket
    private const int BucketBytes = 64;
    private const int SegmentBytes = BucketsPerSegment * BucketBytes;
    private const int ValuesAt = 48, PassedByAt = 60;                   // in a bucket
    private const int FirstSegments = 16;
    private const int MeanKeys = 112;                                   // of a segment
    private const int BlockSize = 64;

    private readonly FlowHash _hash;
    private readonly int _maxSegments;
    private readonly ITableMemory _memory;
    private readonly nint _allocation;
    private readonly byte* _segments;                                   // aligned to a segment, so that its end shows in the address
    private uint _inUse;                                                // segments
    private uint _lowMask, _highMask;                                   // of a bucket's number: before and after its segment's split

    public FlowIndex(int maxKeys, FlowHash hash, ITableMemory? memory = null)
    {
        _memory = memory ?? ProcessMemory.Instance;
        _hash = hash;
        _maxSegments = Math.Max(1, (maxKeys + MeanKeys - 1) / MeanKeys);
        _inUse = _maxSegments >= FirstSegments ? FirstSegments : 1u;
        _lowMask = (_inUse * BucketsPerSegment) - 1;
        _highMask = (_lowMask * 2) + 1;
        _allocation = _memory.Allocate(AllocatedBytes);
        _segments = (byte*)(((nuint)_allocation + SegmentBytes - 1) & ~(nuint)(SegmentBytes - 1));
    }

    public int Count { get; private set; }

    /// <summary>Written so far, at most.</summary>
    public long MemoryBytes => (long)_inUse * SegmentBytes;

    /// <summary>
    /// For each key the first value that has one of the <paramref name="wanted"/> bits; else, if it has any of the
    /// <paramref name="second"/> bits, that; else 0.
    /// </summary>
    /// <param name="keys">Any number.</param>
    /// <param name="added">Bits that are set in each key before it is looked for.</param>
    /// <param name="wanted">Bits of values.</param>
    /// <param name="second">Bits of values that will do where no other is.</param>
    /// <param name="hits">As many as keys.</param>
    public void Lookup(
        ReadOnlySpan<PackedFlowKey> keys, Vector128<byte> added, uint wanted, uint second, Span<FlowHit> hits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hits.Length, keys.Length);
        fixed (PackedFlowKey* firstKey = keys)
        fixed (FlowHit* firstHit = hits)
        {
            for (int i = 0; i < keys.Length; i += BlockSize)
            {
                int count = Math.Min(BlockSize, keys.Length - i);
                LookupBlock((byte*)(firstKey + i), added, wanted, second, (uint*)(firstHit + i), count);
            }
        }
    }

    /// <summary>Asks the cache for where a key's values stand, or will.</summary>
    public void Prefetch(in PackedFlowKey key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Home(Load(key)));
    }

    /// <summary>All values of a key, at most <see cref="MaxEqual"/>. Answers how many.</summary>
    public int FindAll(in PackedFlowKey key, Span<uint> values)
    {
        Vector128<byte> packed = Load(key);
        Vector512<ulong> repeated = Repeat((byte*)&packed);
        byte* bucket = Home(packed);
        int found = 0;
        for (int i = 0; i < BucketsPerSegment; i++, bucket = Behind(bucket))
        {
            for (uint places = Match(bucket, repeated); places != 0 && found < values.Length; places &= places - 1)
                values[found++] = Value(bucket, places);
            if (*(uint*)(bucket + PassedByAt) == 0) break;
        }

        return found;
    }

    /// <summary>Adds an entry; equal keys may have several. False: there is no room where its hash leads.</summary>
    public bool TryInsert(in PackedFlowKey key, uint value)
    {
        Vector128<byte> packed = Load(key);
        if (!TryPlace(packed, value)) return false;
        Count++;
        if (Count > _inUse * MeanKeys && _inUse < _maxSegments) SplitNext();
        return true;
    }

    /// <summary>Removes the entry with this key and this value. False: there is none.</summary>
    public bool Remove(in PackedFlowKey key, uint value)
    {
        Vector128<byte> packed = Load(key);
        Vector512<ulong> repeated = Repeat((byte*)&packed);
        byte* home = Home(packed), bucket = home;
        for (int i = 0; i < BucketsPerSegment; i++, bucket = Behind(bucket))
        {
            for (uint places = Match(bucket, repeated); places != 0; places &= places - 1)
            {
                int place = BitOperations.TrailingZeroCount(places) / 2;
                uint* stored = (uint*)(bucket + ValuesAt) + place;
                if (*stored != value) continue;
                *stored = 0;
                Vector128<byte>.Zero.Store(bucket + (place * PackedFlowKey.SizeBytes));     // equals no key: a family is never 0
                for (byte* passed = home; passed != bucket; passed = Behind(passed)) (*(uint*)(passed + PassedByAt))--;
                Count--;
                return true;
            }

            if (*(uint*)(bucket + PassedByAt) == 0) break;
        }

        return false;
    }

    /// <summary>Buckets that the search for a key looks at.</summary>
    internal int SearchLength(in PackedFlowKey key)
    {
        byte* bucket = Home(Load(key));
        int length = 1;
        for (; length < BucketsPerSegment && *(uint*)(bucket + PassedByAt) != 0; bucket = Behind(bucket)) length++;
        return length;
    }

    public void Dispose() => _memory.Free(_allocation, AllocatedBytes);

    private nuint AllocatedBytes => ((nuint)_maxSegments + 1) * SegmentBytes;

    [SkipLocalsInit]
    private void LookupBlock(byte* keys, Vector128<byte> added, uint wanted, uint second, uint* hits, int count)
    {
        byte** homes = stackalloc byte*[BlockSize];
        FlowHash hash = _hash;                                          // in registers, all five keys of it
        byte* segments = _segments;
        uint last = LastBucket, high = _highMask, changing = _highMask ^ _lowMask;
        byte* key = keys;
        for (nuint i = 0; i < (nuint)count; i++, key += PackedFlowKey.SizeBytes)
        {
            byte* home = HomeOf(hash.Hash(Vector128.Load(key) | added), segments, last, high, changing);
            homes[i] = home;
            if (Sse.IsSupported) Sse.Prefetch0(home);
        }

        ulong unsettled = Compare(homes, keys, Repeat((byte*)&added), wanted, hits, count);
        for (; unsettled != 0; unsettled &= unsettled - 1)
        {
            int i = BitOperations.TrailingZeroCount(unsettled);
            hits[i] = Choose(Vector128.Load(keys + (i * PackedFlowKey.SizeBytes)) | added, wanted, second);
        }
    }

    /// <summary>
    /// Looks at the buckets. Calls nothing, so that vectors stay in registers. A bit for each key that was found with a value that is not
    /// wanted.
    /// </summary>
    private static ulong Compare(byte** homes, byte* key, Vector512<ulong> added, uint wanted, uint* hits, int count)
    {
        ulong unsettled = 0;
        for (nuint i = 0; i < (nuint)count; i++, key += PackedFlowKey.SizeBytes)
        {
            byte* bucket = homes[i];
            Vector512<ulong> repeated = Repeat(key) | added;
            uint places = Match(bucket, repeated);
            if (places == 0)
            {
                int left = BucketsPerSegment;
                while (*(uint*)(bucket + PassedByAt) != 0 && --left != 0 && places == 0)
                {
                    bucket = Behind(bucket);
                    places = Match(bucket, repeated);
                }

                if (places == 0)
                {
                    hits[i] = 0;
                    continue;
                }
            }

            uint value = Value(bucket, places);
            hits[i] = value;
            if ((value & wanted) == 0) unsettled |= 1UL << (int)i;
        }

        return unsettled;
    }

    /// <summary>The rare key with several entries, or with an alias.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Choose(Vector128<byte> key, uint wanted, uint second)
    {
        Span<uint> values = stackalloc uint[MaxEqual];
        values = values[..FindAll(Unsafe.BitCast<Vector128<byte>, PackedFlowKey>(key), values)];
        uint chosen = 0;
        foreach (uint value in values)
        {
            if ((value & wanted) != 0) return value;
            if (chosen == 0 && (value & second) != 0) chosen = value;
        }

        return chosen;
    }

    private bool TryPlace(Vector128<byte> key, uint value)
    {
        byte* home = Home(key), bucket = home;
        for (int i = 0; i < BucketsPerSegment; i++, bucket = Behind(bucket))
        {
            uint* values = (uint*)(bucket + ValuesAt);
            for (int place = 0; place < Places; place++)
            {
                if (values[place] != 0) continue;
                values[place] = value;
                key.Store(bucket + (place * PackedFlowKey.SizeBytes));
                for (byte* passed = home; passed != bucket; passed = Behind(passed)) (*(uint*)(passed + PassedByAt))++;
                return true;
            }
        }

        return false;
    }

    /// <summary>The lowest segment that has not been split gives what the next bit of the hash says to a new one.</summary>
    [SkipLocalsInit]
    private void SplitNext()
    {
        byte* segment = _segments + (((nuint)LastBucket - _lowMask) * BucketBytes);
        byte* kept = stackalloc byte[SegmentBytes];
        Unsafe.CopyBlock(kept, segment, SegmentBytes);
        Unsafe.InitBlock(segment, 0, SegmentBytes);
        _inUse++;
        for (byte* bucket = kept; bucket != kept + SegmentBytes; bucket += BucketBytes)
        {
            uint* values = (uint*)(bucket + ValuesAt);
            for (int place = 0; place < Places; place++)
            {
                // Each finds room: what came from one segment fits into one.
                if (values[place] != 0) TryPlace(Vector128.Load(bucket + (place * PackedFlowKey.SizeBytes)), values[place]);
            }
        }

        if (LastBucket < _highMask) return;
        _lowMask = _highMask;
        _highMask = (_highMask * 2) + 1;
    }

    private static Vector128<byte> Load(in PackedFlowKey key) => Unsafe.BitCast<PackedFlowKey, Vector128<byte>>(key);

    private uint LastBucket => (_inUse * BucketsPerSegment) - 1;

    private byte* Home(Vector128<byte> key) => HomeOf(_hash.Hash(key), _segments, LastBucket, _highMask, _highMask ^ _lowMask);

    /// <param name="last">The last bucket in use.</param>
    /// <param name="high">Mask of a bucket's number once its segment has been split.</param>
    /// <param name="changing">The bit that says which of the two it went to; not to be looked at where there was no split yet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* HomeOf(uint hash, byte* segments, uint last, uint high, uint changing)
    {
        uint bucket = hash & high;
        uint isBeyond = (uint)((int)(last - bucket) >> 31);             // all ones or none: a branch would be a coin
        return segments + ((nuint)(bucket ^ (isBeyond & changing)) * BucketBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Behind(byte* bucket)
    {
        nuint address = (nuint)bucket;
        return (byte*)((address & ~(nuint)(SegmentBytes - 1)) | ((address + BucketBytes) & (SegmentBytes - 1)));
    }

    /// <summary>Sixteen bytes, four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Repeat(byte* key)
    {
        if (Avx512F.IsSupported) return Avx512F.BroadcastVector128ToVector512((uint*)key).AsUInt64();
        Vector128<byte> once = Vector128.Load(key);
        Vector256<byte> twice = Vector256.Create(once, once);
        return Vector512.Create(twice, twice).AsUInt64();
    }

    /// <summary>Bits 0, 2, 4: the places that hold the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Match(byte* bucket, Vector512<ulong> repeated)
    {
        uint halves = (uint)Vector512.Equals(Vector512.Load((ulong*)bucket), repeated).ExtractMostSignificantBits();
        return halves & (halves >> 1) & 0b01_0101;
    }

    /// <summary>Of the first place in a match.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Value(byte* bucket, uint places) =>
        *(uint*)(bucket + ValuesAt + ((nuint)(uint)BitOperations.TrailingZeroCount(places) * 2));
}
