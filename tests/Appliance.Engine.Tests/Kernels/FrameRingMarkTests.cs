using System.Runtime.CompilerServices;
using Xunit;

namespace Appliance.Engine.Tests.Kernels;

/// <summary>The mark in a ring: what was put in before it, and what after.</summary>
public sealed class FrameRingMarkTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 2)]
    public void What_lies_behind_a_mark_is_not_taken_before_it_may_be(uint position)
    {
        using var ring = new FrameRing(16, position);
        var taken = new Frame[16];
        ring.Enqueue(Numbers(1, 5));
        ring.Mark(1);
        ring.Enqueue(Numbers(6, 4));
        Assert.False(ring.HasPassed(1));
        Assert.Equal(3, ring.Dequeue(taken.AsSpan(0, 3), passable: 0));
        Assert.Equal(2, ring.Dequeue(taken, passable: 0));
        Assert.Equal(Numbers(4, 2), taken[..2]);
        Assert.True(ring.HasPassed(1));
        Assert.Equal(0, ring.Dequeue(taken, passable: 0));
        Assert.Equal(4, ring.Dequeue(taken, passable: 1));
        Assert.Equal(Numbers(6, 4), taken[..4]);
    }

    [Fact]
    public void A_mark_in_an_empty_ring_is_passed_at_once_and_a_mark_not_set_never()
    {
        using var ring = new FrameRing(4);
        Assert.False(ring.HasPassed(1));
        ring.Mark(1);
        Assert.True(ring.HasPassed(1));
        Assert.False(ring.HasPassed(2));
    }

    [Fact]
    public void Numbers_of_marks_run_over()
    {
        using var ring = new FrameRing(8);
        var taken = new Frame[8];
        for (uint number = uint.MaxValue - 3; number != 4; number++)
        {
            ring.Enqueue(Numbers(1, 2));
            ring.Mark(number);
            ring.Enqueue(Numbers(3, 1));
            Assert.Equal(2, ring.Dequeue(taken, number - 1));
            Assert.Equal(1, ring.Dequeue(taken, number));
        }
    }

    [Fact]
    public void A_full_ring_takes_a_mark_too()
    {
        using var ring = new FrameRing(4);
        ring.Enqueue(Numbers(1, 4));
        ring.Mark(7);
        Assert.False(ring.HasPassed(7));
        Assert.Equal(4, ring.Dequeue(new Frame[4], passable: 6));
        Assert.True(ring.HasPassed(7));
    }

    [Fact]
    public void Between_two_threads_nothing_from_behind_a_mark_comes_before_its_time()
    {
        const int Rounds = 20_000;
        using var ring = new FrameRing(64);
        uint allowed = 0;
        var producer = new Thread(() =>
        {
            for (uint round = 1; round <= Rounds; round++)
            {
                while (ring.Enqueue(Numbers((long)round, 1)) == 0) Thread.Yield();
                ring.Mark(round);                                       // what follows belongs to the next round
                while (Volatile.Read(ref allowed) != round) Thread.Yield();
            }
        });
        producer.Start();
        var taken = new Frame[8];
        for (uint round = 1; round <= Rounds; round++)
        {
            int count;
            while ((count = ring.Dequeue(taken, passable: round - 1)) == 0) Thread.Yield();
            Assert.Equal(1, count);
            Assert.Equal(Numbers(round, 1)[0], taken[0]);
            while (!ring.HasPassed(round)) Thread.Yield();
            Volatile.Write(ref allowed, round);
        }

        producer.Join();
    }

    private static Frame[] Numbers(long first, int count)
    {
        var frames = new Frame[count];
        for (int i = 0; i < count; i++)
        {
            nint number = (nint)(first + i);
            frames[i] = Unsafe.As<nint, Frame>(ref number);
        }

        return frames;
    }
}
