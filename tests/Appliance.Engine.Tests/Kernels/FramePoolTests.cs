using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Engine.Tests.Kernels;

public sealed class FramePoolTests
{
    private const int SmallBytes = (2 << 10) - FramePool.HeadroomBytes;
    private const int JumboBytes = (10 << 10) - FramePool.HeadroomBytes;
    private const int LargeBytes = (68 << 10) - FramePool.HeadroomBytes;

    [Theory]
    [InlineData(0, 2 << 10)]
    [InlineData(14, 2 << 10)]
    [InlineData(1514, 2 << 10)]
    [InlineData(SmallBytes, 2 << 10)]
    [InlineData(SmallBytes + 1, 10 << 10)]
    [InlineData(9216 + 14 + 4, 10 << 10)]
    [InlineData(JumboBytes, 10 << 10)]
    [InlineData(JumboBytes + 1, 68 << 10)]
    [InlineData(FramePool.MaxFrameBytes, 68 << 10)]
    [InlineData(LargeBytes, 68 << 10)]
    public void A_frame_gets_the_smallest_slot_that_holds_it(int bytes, int slotBytes)
    {
        using var pool = new FramePool(0, new FramePoolSize(1, 1, 1));
        Assert.True(pool.TryRent(bytes, out Frame frame));
        Assert.Equal(bytes, frame.Length);
        Assert.Equal(slotBytes, frame.Headroom + frame.Room.Length);
    }

    [Fact]
    public void The_longest_frame_with_sixteen_tags_has_a_slot_and_headroom_is_kept_in_front_of_every_frame()
    {
        using var pool = new FramePool(0, new FramePoolSize(1, 1, 1));
        Assert.True(pool.TryRent(FramePool.MaxFrameBytes + (16 * 4), out Frame frame));
        Assert.Equal(FramePool.HeadroomBytes, frame.Headroom);
    }

    [Fact]
    public void More_than_the_largest_slot_holds_is_refused()
    {
        using var pool = new FramePool(0, new FramePoolSize(1, 1, 1));
        Assert.False(pool.TryRent(LargeBytes + 1, out Frame frame));
        Assert.False(pool.TryRent(int.MaxValue, out frame));
        Assert.True(frame.IsNull);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void When_a_class_is_empty_the_next_larger_serves_and_when_all_are_the_frame_is_refused()
    {
        using var pool = new FramePool(0, new FramePoolSize(2, 1, 1));
        int[] slots = new int[4];
        for (int i = 0; i < 4; i++)
        {
            Assert.True(pool.TryRent(64, out Frame frame));
            slots[i] = frame.Headroom + frame.Room.Length;
        }

        Assert.Equal([2 << 10, 2 << 10, 10 << 10, 68 << 10], slots);
        Assert.False(pool.TryRent(64, out Frame refused));
        Assert.True(refused.IsNull);
        Assert.Equal((4L, 0L, 4L), (pool.Rented, pool.Returned, pool.InFlight));
    }

    [Fact]
    public void A_smaller_class_never_serves_a_larger_frame()
    {
        using var pool = new FramePool(0, new FramePoolSize(8, 1, 0));
        Assert.True(pool.TryRent(SmallBytes + 1, out _));
        Assert.False(pool.TryRent(SmallBytes + 1, out _));
        Assert.True(pool.TryRent(SmallBytes, out _));
    }

    [Fact]
    public void A_pool_without_slots_refuses_everything()
    {
        using var pool = new FramePool(0, default);
        Assert.False(pool.TryRent(0, out _));
    }

    [Fact]
    public void A_returned_slot_serves_again_and_the_one_used_last_first()
    {
        using var pool = new FramePool(0, new FramePoolSize(4, 0, 0));
        Assert.True(pool.TryRent(64, out Frame first));
        Assert.True(pool.TryRent(64, out Frame second));
        pool.Return(first);
        pool.Return(second);
        Assert.True(pool.TryRent(64, out Frame third));
        Assert.Equal(second, third);
        Assert.Equal((3L, 2L, 1L), (pool.Rented, pool.Returned, pool.InFlight));
    }

    [Fact]
    public void A_slot_that_served_a_smaller_frame_returns_to_its_own_class()
    {
        using var pool = new FramePool(0, new FramePoolSize(0, 1, 0));
        Assert.True(pool.TryRent(64, out Frame frame));
        pool.Return(frame);
        Assert.True(pool.TryRent(JumboBytes, out _));
    }

    [Fact]
    public void A_frame_rented_again_knows_nothing_of_its_former_life()
    {
        using var pool = new FramePool(7, new FramePoolSize(1, 0, 0));
        Assert.True(pool.TryRent(1000, out Frame frame));
        int slotBytes = frame.Headroom + frame.Room.Length;
        ref FrameInfo info = ref frame.Info;
        nint slot = info.Slot;
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref info, 1)).Fill(0xff);
        (info.First, info.Start, info.SlotClass, info.Pool) = (slot + 3, 3, 0, 7);
        pool.Return(frame);

        Assert.True(pool.TryRent(64, out Frame again));
        Assert.Equal(frame, again);
        FrameInfo expected = default;
        (expected.First, expected.Pool, expected.Start, expected.Length) = (slot + FramePool.HeadroomBytes, 7, FramePool.HeadroomBytes, 64);
        Assert.Equal(
            MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref expected, 1)).ToArray(),
            MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref again.Info, 1)).ToArray());
        Assert.Equal(slotBytes, again.Headroom + again.Room.Length);
    }

    [Fact]
    public void Infos_lie_on_their_own_cache_lines_and_slots_where_the_kernel_takes_them_for_chunks()
    {
        using var pool = new FramePool(0, new FramePoolSize(65, 9, 5));
        foreach (Frame frame in RentAll(pool))
        {
            Assert.Equal(0, AddressOf(ref frame.Info) % FrameInfo.SizeBytes);
            Assert.Equal(0, frame.Info.Slot % (2 << 10));
        }
    }

    [Fact]
    public void No_slot_and_no_info_overlaps_another()
    {
        using var pool = new FramePool(0, new FramePoolSize(33, 9, 5));
        List<Frame> frames = RentAll(pool);
        (nint Start, nint End)[] ranges =
        [
            .. frames.Select(frame => (frame.Info.Slot, frame.Info.Slot + FramePool.SlotBytes(frame.Info.SlotClass))),
            .. frames.Select(frame => (AddressOf(ref frame.Info), AddressOf(ref frame.Info) + FrameInfo.SizeBytes)),
        ];
        Array.Sort(ranges);
        for (int i = 1; i < ranges.Length; i++)
            Assert.True(ranges[i - 1].End <= ranges[i].Start);
    }

    [Fact]
    public void Every_byte_of_every_slot_can_be_written_and_stays()
    {
        using var pool = new FramePool(0, new FramePoolSize(5, 4, 3));
        List<Frame> frames = RentAll(pool);
        for (int i = 0; i < frames.Count; i++)
        {
            frames[i].Prepend(FramePool.HeadroomBytes);
            frames[i].Room.Fill((byte)(i + 1));
        }

        for (int i = 0; i < frames.Count; i++)
            Assert.Equal(-1, frames[i].Room.IndexOfAnyExcept((byte)(i + 1)));
    }

    [Fact]
    public void A_pool_disposed_twice_is_freed_once()
    {
        var pool = new FramePool(0, new FramePoolSize(1, 1, 1));
        pool.Dispose();
        pool.Dispose();
        Assert.Equal(0, pool.InFlight);
    }

    private static List<Frame> RentAll(FramePool pool)
    {
        var frames = new List<Frame>();
        while (pool.TryRent(64, out Frame frame))
            frames.Add(frame);
        return frames;
    }

    private static nint AddressOf(ref FrameInfo info) => Unsafe.ByteOffset(ref Unsafe.NullRef<FrameInfo>(), ref info);
}
