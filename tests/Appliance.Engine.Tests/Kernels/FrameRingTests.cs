using System.Runtime.CompilerServices;
using Xunit;

namespace Appliance.Engine.Tests.Kernels;

/// <summary>A ring only carries handles: here they are numbers in the shape of handles, and nobody looks behind them.</summary>
public sealed class FrameRingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_capacity_that_is_no_power_of_two_is_refused(int capacity) =>
        Assert.Throws<ArgumentException>(() => new FrameRing(capacity));

    [Theory]
    [InlineData(1, 0u)]
    [InlineData(2, 0u)]
    [InlineData(64, 0u)]
    [InlineData(1, uint.MaxValue - 20)]
    [InlineData(64, uint.MaxValue - 500)]
    [InlineData(1024, uint.MaxValue - 5000)]
    public void It_behaves_as_a_bounded_queue_also_where_positions_run_over(int capacity, uint position)
    {
        var random = new Random(capacity);
        using var ring = new FrameRing(capacity, position);
        var model = new Queue<long>();
        long next = 1;
        for (int i = 0; i < 50_000; i++)
        {
            if (random.Next(2) == 0) next = Enqueue(ring, model, next, random.Next((2 * capacity) + 2));
            else Dequeue(ring, model, random.Next((2 * capacity) + 2));
            Assert.Equal(model.Count, ring.Count);
        }

        Assert.True(next > 5_000);
    }

    [Fact]
    public void A_full_ring_takes_nothing_and_loses_nothing()
    {
        using var ring = new FrameRing(4);
        Assert.Equal(4, ring.Enqueue(Numbers(1, 6)));
        Assert.Equal(0, ring.Enqueue(Numbers(7, 1)));
        var taken = new Frame[8];
        Assert.Equal(4, ring.Dequeue(taken));
        Assert.Equal(Numbers(1, 4), taken[..4]);
        Assert.Equal(0, ring.Dequeue(taken));
        Assert.Equal((4, 0), (ring.Capacity, ring.Count));
    }

    [Fact]
    public void One_thread_puts_a_million_frames_and_another_gets_them_all_in_order()
    {
        const int Frames = 1_000_000;
        using var ring = new FrameRing(256, uint.MaxValue - (Frames / 2));
        bool given = false;
        var producer = new Thread(() =>
        {
            var random = new Random(1);
            for (long next = 1; next <= Frames && !Volatile.Read(ref given);)
            {
                int wanted = (int)Math.Min(1 + random.Next(64), Frames - next + 1);
                int put = ring.Enqueue(Numbers(next, wanted));
                next += put;
                if (put == 0) Thread.Yield();
            }
        });
        producer.Start();
        try
        {
            ConsumeInOrder(ring, Frames, new Random(2));
            Assert.Equal(0, ring.Count);
        }
        finally
        {
            Volatile.Write(ref given, true);            // a consumer that failed must not leave the producer behind
            producer.Join();
        }
    }

    [Fact]
    public void A_ring_disposed_twice_is_freed_once()
    {
        var ring = new FrameRing(8);
        ring.Dispose();
        ring.Dispose();
        Assert.Equal(8, ring.Capacity);
    }

    private static void ConsumeInOrder(FrameRing ring, long frames, Random random)
    {
        var into = new Frame[64];
        for (long expected = 1; expected <= frames;)
        {
            int got = ring.Dequeue(into.AsSpan(0, 1 + random.Next(into.Length)));
            if (got == 0) Thread.Yield();
            for (int i = 0; i < got; i++, expected++)
            {
                long number = Unsafe.BitCast<Frame, long>(into[i]);
                if (number != expected) Assert.Fail($"{number} came instead of {expected}.");
            }
        }
    }

    private static long Enqueue(FrameRing ring, Queue<long> model, long next, int count)
    {
        int put = ring.Enqueue(Numbers(next, count));
        Assert.Equal(Math.Min(count, ring.Capacity - model.Count), put);
        for (int i = 0; i < put; i++)
            model.Enqueue(next++);
        return next;
    }

    private static void Dequeue(FrameRing ring, Queue<long> model, int count)
    {
        var into = new Frame[count];
        int got = ring.Dequeue(into);
        Assert.Equal(Math.Min(count, model.Count), got);
        for (int i = 0; i < got; i++)
            Assert.Equal(model.Dequeue(), Unsafe.BitCast<Frame, long>(into[i]));
    }

    private static Frame[] Numbers(long first, int count)
    {
        var frames = new Frame[count];
        for (int i = 0; i < count; i++)
            frames[i] = Unsafe.BitCast<long, Frame>(first + i);
        return frames;
    }
}
