using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Engine.Tests.Kernels;

/// <summary>Frames rented and returned together, beside the same one by one.</summary>
public sealed class FramePoolBatchTests
{
    private const int CacheSets = 64, CacheWays = 8, CacheLineBytes = 64;    // of a first cache as there are

    private static readonly FramePoolSize Size = new(5, 3, 2);

    [Theory]
    [InlineData(60)]
    [InlineData(1514)]
    [InlineData((2 << 10) - FramePool.HeadroomBytes)]
    [InlineData(5000)]
    [InlineData(FramePool.MaxFrameBytes)]
    [InlineData(80_000)]
    public void Frames_rented_together_are_those_that_would_be_rented_one_by_one(int bytes)
    {
        using var together = new FramePool(3, Size);
        using var alone = new FramePool(3, Size);
        var frames = new Frame[12];
        int rented = together.Rent(bytes, frames);
        for (int i = 0; i < rented; i++)
        {
            Assert.True(alone.TryRent(bytes, out Frame expected));
            Assert.Equal(InfoOf(expected), InfoOf(frames[i]));
        }

        Assert.False(alone.TryRent(bytes, out _));
        Assert.Equal((alone.Rented, alone.InFlight), (together.Rented, together.InFlight));
        Assert.Equal(rented, frames.Take(rented).Distinct().Count());
    }

    [Fact]
    public void No_more_are_rented_than_there_is_place_for()
    {
        using var pool = new FramePool(0, Size);
        Assert.Equal(0, pool.Rent(60, []));
        Assert.Equal(2, pool.Rent(60, new Frame[2]));
        Assert.Equal(2, pool.InFlight);
    }

    [Fact]
    public void Frames_come_home_together_and_the_last_is_used_first()
    {
        using var pool = new FramePool(0, Size);
        var frames = new Frame[10];
        Assert.Equal(10, pool.Rent(60, frames));
        Assert.Equal(10, pool.Return(frames.AsSpan()));
        Assert.Equal((10L, 10L, 0L), (pool.Rented, pool.Returned, pool.InFlight));
        Assert.True(pool.TryRent(60, out Frame again));
        Assert.Equal(frames[4], again);                                 // the last small one
        Assert.True(pool.TryRent(5000, out Frame jumbo));
        Assert.Equal(frames[7], jumbo);
    }

    [Fact]
    public void They_come_home_as_far_as_they_are_of_the_pool_and_alone()
    {
        using var pool = new FramePool(0, Size);
        using var other = new FramePool(1, Size);
        var frames = new Frame[4];
        pool.Rent(60, frames);
        other.Rent(60, frames.AsSpan(2, 1));
        Assert.Equal(2, pool.Return(frames.AsSpan()));
        Assert.Equal(0, pool.Return(frames.AsSpan(2)));
        frames[3].Info.Next = frames[2];
        Assert.Equal(0, pool.Return(frames.AsSpan(3)));
        frames[3].Info.Next = default;
        Assert.Equal(1, pool.Return(frames.AsSpan(3)));
        Assert.Equal(1, pool.InFlight);                                 // the one that the other's took the place of
    }

    [Fact]
    public void The_headers_of_a_batch_find_room_in_the_first_cache_together()
    {
        using var pool = new FramePool(0, new FramePoolSize(FrameBatch.DefaultCapacity, 0, 0));
        var frames = new Frame[FrameBatch.DefaultCapacity];
        Assert.Equal(frames.Length, pool.Rent(60, frames));
        int most = frames
            .GroupBy(frame => (frame.Info.Slot + frame.Headroom) / CacheLineBytes % CacheSets)
            .Max(group => group.Count());
        Assert.InRange(most, 1, CacheWays);
        Assert.All(frames, frame => Assert.Equal(0, frame.Headroom % CacheLineBytes));
    }

    [Fact]
    public void The_longest_frame_of_a_slot_has_its_headroom_in_every_slot()
    {
        using var pool = new FramePool(0, new FramePoolSize(32, 0, 0));
        const int Longest = (2 << 10) - FramePool.HeadroomBytes;
        var frames = new Frame[32];
        Assert.Equal(frames.Length, pool.Rent(Longest, frames));
        Assert.All(frames, frame => Assert.Equal((FramePool.HeadroomBytes, Longest), (frame.Headroom, frame.Room.Length)));
    }

    /// <summary>But for where the slot is.</summary>
    private static byte[] InfoOf(Frame frame)
    {
        FrameInfo info = frame.Info;
        info.First = 0;
        return MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref info, 1)).ToArray();
    }
}
