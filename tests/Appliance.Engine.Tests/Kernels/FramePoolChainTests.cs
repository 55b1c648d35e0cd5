using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Engine.Tests.Kernels;

/// <summary>Frames rented together, like another one: all of them or none.</summary>
public sealed class FramePoolChainTests
{
    private const int CacheLineBytes = 64;

    [Fact]
    public void Frames_like_another_know_what_it_knows_and_keep_their_own_place()
    {
        using FramePool pool = new(7, new FramePoolSize(5, 0, 0)), other = new(2, new FramePoolSize(1, 0, 0));
        Assert.True(other.TryRent(1000, out Frame like));
        like.Info.Protocol = IpProtocol.Tcp;
        like.Info.NextHop = 99;
        like.Info.Ordinal = 12;
        like.Info.TransportOffset = 34;
        Assert.True(pool.TryRentChain(like, 5, 66, 1500, out Frame first));
        var slots = new HashSet<nint>();
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
        {
            ref FrameInfo info = ref frame.Info;
            Assert.Equal((IpProtocol.Tcp, 99UL, 12L, 34), (info.Protocol, info.NextHop, info.Ordinal, info.TransportOffset));
            Assert.Equal((1500, 7), (frame.Length, info.Pool));
            Assert.True(slots.Add(info.Slot));
            Assert.Equal(0, (info.Slot + info.Start + 66) % CacheLineBytes);
            frame.Bytes.Fill(1);
        }

        Assert.Equal((5, 5L), (slots.Count, pool.InFlight));
        ReturnAll(first, pool);
        Assert.Equal(0, pool.InFlight);
        Assert.Equal(1, other.InFlight);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(200)]
    public void Headers_of_any_length_leave_half_the_headroom(int header)
    {
        using var pool = new FramePool(0, new FramePoolSize(2, 0, 0));
        Assert.True(pool.TryRent(100, out Frame like));
        Assert.True(pool.TryRentChain(like, 1, header, 1500, out Frame frame));
        Assert.InRange(frame.Headroom, CacheLineBytes + 1, FramePool.HeadroomBytes);
        Assert.Equal(0, (frame.Headroom + header) % CacheLineBytes);
    }

    [Fact]
    public void Larger_slots_serve_when_the_small_are_gone()
    {
        using var pool = new FramePool(0, new FramePoolSize(3, 2, 1));
        Assert.True(pool.TryRent(100, out Frame like));
        Assert.True(pool.TryRentChain(like, 5, 54, 1500, out Frame first));
        var room = new List<int>();
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
            room.Add(frame.Room.Length + frame.Headroom);
        Assert.Equal([2 << 10, 2 << 10, 10 << 10, 10 << 10, 68 << 10], room.Order());
        ReturnAll(first, pool);
        Assert.True(pool.TryRentChain(like, 5, 54, 1500, out _));
    }

    [Fact]
    public void One_too_many_takes_none()
    {
        using var pool = new FramePool(0, new FramePoolSize(3, 2, 1));
        Assert.True(pool.TryRent(100, out Frame like));
        Assert.False(pool.TryRentChain(like, 6, 54, 1500, out Frame none));
        Assert.False(pool.TryRentChain(like, 4, 54, 5000, out _));
        Assert.False(pool.TryRentChain(like, 1, 54, 1 << 20, out _));
        Assert.True(none.IsNull);
        Assert.Equal(1, pool.InFlight);
        Assert.True(pool.TryRentChain(like, 5, 54, 1500, out _));
    }

    private static void ReturnAll(Frame first, FramePool pool)
    {
        while (!first.IsNull)
        {
            Frame next = first.Info.Next;
            pool.Return(first);
            first = next;
        }
    }
}
