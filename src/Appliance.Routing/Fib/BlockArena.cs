using System.Numerics;
using Appliance.Engine;

namespace Appliance.Routing.Fib;

/// <summary>
/// Hands out blocks of 1 to 64 neighbouring units of some array, which it does not know. A block takes the next power of two, aligned to
/// itself, within a chunk of 64 units; a chunk's use is one bitmap, so neighbours that are free again are one run again without further
/// ado. Chunks hang in a list by the largest run they can give. Only the writer uses it.
/// </summary>
internal sealed class BlockArena : IDisposable
{
    public const int ChunkSize = 64;                                  // units; also the largest block
    private const int Orders = 7;                                     // runs of 1, 2, 4 … 64
    private const int Nothing = -1;

    private static readonly ulong[] AlignedStarts =
    [
        ulong.MaxValue, 0x5555_5555_5555_5555, 0x1111_1111_1111_1111, 0x0101_0101_0101_0101,
        0x0001_0001_0001_0001, 0x0000_0001_0000_0001, 1,
    ];

    private readonly NativeArray<ulong> _used;                        // a bit for each unit of a chunk
    private readonly NativeArray<int> _next;
    private readonly NativeArray<int> _previous;
    private readonly int[] _heads = [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing, Nothing];
    private int _chunksEverUsed;
    private int _wholeChunks;                                         // of those: how many are free as a whole

    public BlockArena(int chunks, ITableMemory memory)
    {
        _used = new NativeArray<ulong>(chunks, memory.Sparse);
        _next = new NativeArray<int>(chunks, memory.Sparse);
        _previous = new NativeArray<int>(chunks, memory.Sparse);
    }

    /// <summary>Chunks of which no unit is in use: as many blocks of any size will be had for certain.</summary>
    public int FreeChunks => _used.Length - _chunksEverUsed + _wholeChunks;

    /// <summary>The first unit of a block of <paramref name="count"/> units. The caller has made sure that there is one.</summary>
    public int Allocate(int count)
    {
        int order = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)count));
        int chunk = Nothing;
        for (int i = order; i < Orders && chunk == Nothing; i++) chunk = _heads[i];
        if (chunk == Nothing)
        {
            if (_chunksEverUsed == _used.Length) throw new InvalidOperationException("a block arena was asked for more than it has");
            chunk = _chunksEverUsed++;
            Link(chunk);
        }

        int first = BitOperations.TrailingZeroCount(Runs(~_used[chunk], order));
        Change(chunk, _used[chunk] | (BlockMask(order) << first));
        return (chunk * ChunkSize) + first;
    }

    /// <summary>Gives back a block that was allocated with the same count.</summary>
    public void Free(int start, int count)
    {
        int order = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)count));
        int chunk = start / ChunkSize;
        Change(chunk, _used[chunk] & ~(BlockMask(order) << (start % ChunkSize)));
    }

    public void Dispose()
    {
        _used.Free();
        _next.Free();
        _previous.Free();
    }

    private static ulong BlockMask(int order) => order == Orders - 1 ? ulong.MaxValue : (1UL << (1 << order)) - 1;

    /// <summary>A bit at the first unit of each free, aligned run of 2^<paramref name="order"/> units.</summary>
    private static ulong Runs(ulong free, int order)
    {
        for (int i = 1; i <= order; i++)
            free &= (free >> (1 << (i - 1))) & AlignedStarts[i];
        return free;
    }

    private static int LargestRun(ulong used)
    {
        int order = Orders - 1;
        while (order >= 0 && Runs(~used, order) == 0) order--;
        return order;
    }

    private void Change(int chunk, ulong used)
    {
        Unlink(chunk);
        _used[chunk] = used;
        Link(chunk);
    }

    private void Link(int chunk)
    {
        int order = LargestRun(_used[chunk]);
        if (order < 0) return;
        if (order == Orders - 1) _wholeChunks++;
        int next = _heads[order];
        _heads[order] = chunk;
        _next[chunk] = next;
        _previous[chunk] = Nothing;
        if (next != Nothing) _previous[next] = chunk;
    }

    private void Unlink(int chunk)
    {
        int order = LargestRun(_used[chunk]);
        if (order < 0) return;
        if (order == Orders - 1) _wholeChunks--;
        (int previous, int next) = (_previous[chunk], _next[chunk]);
        if (previous == Nothing) _heads[order] = next;
        else _next[previous] = next;
        if (next != Nothing) _previous[next] = previous;
    }
}
