using System.Numerics;
using Appliance.Engine;
using Appliance.Routing.Fib;
using Xunit;

namespace Appliance.Routing.Tests.Fib;

public sealed class BlockArenaTests
{
    private const int Chunks = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Blocks_never_overlap_and_all_come_back(int seed)
    {
        var random = new Random(seed);
        using var arena = new BlockArena(Chunks, ProcessMemory.Instance);
        var blocks = new List<(int Start, int Count)>();
        var owner = new bool[Chunks * BlockArena.ChunkSize];
        for (int step = 0; step < 5000; step++)
        {
            if (arena.FreeChunks > 0 && random.Next(2) == 0)
            {
                int count = random.Next(1, BlockArena.ChunkSize + 1);
                int start = arena.Allocate(count);
                Assert.Equal(0, start % (int)BitOperations.RoundUpToPowerOf2((uint)count));
                Assert.All(owner[start..(start + count)], Assert.False);
                Array.Fill(owner, true, start, count);
                blocks.Add((start, count));
            }
            else if (blocks.Count > 0)
            {
                int index = random.Next(blocks.Count);
                (int start, int count) = blocks[index];
                blocks.RemoveAt(index);
                arena.Free(start, count);
                Array.Fill(owner, false, start, count);
            }
        }

        foreach ((int start, int count) in blocks) arena.Free(start, count);
        Assert.Equal(Chunks, arena.FreeChunks);
    }

    [Fact]
    public void Single_units_fill_every_place_and_neighbours_join_again()
    {
        using var arena = new BlockArena(Chunks, ProcessMemory.Instance);
        int[] units = [.. Enumerable.Range(0, Chunks * BlockArena.ChunkSize).Select(_ => arena.Allocate(1))];
        Assert.Equal(units.Length, units.Distinct().Count());
        Assert.Equal(0, arena.FreeChunks);
        Assert.Throws<InvalidOperationException>(() => arena.Allocate(1));
        foreach (int unit in units.Where(unit => unit % 2 == 0)) arena.Free(unit, 1);
        Assert.Throws<InvalidOperationException>(() => arena.Allocate(2));
        foreach (int unit in units.Where(unit => unit % 2 == 1)) arena.Free(unit, 1);
        Assert.Equal(Chunks, arena.FreeChunks);
        Assert.Equal(0, arena.Allocate(BlockArena.ChunkSize) % BlockArena.ChunkSize);
    }
}
