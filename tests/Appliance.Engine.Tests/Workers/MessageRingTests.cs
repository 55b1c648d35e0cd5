using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class MessageRingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_capacity_that_is_no_power_of_two_is_refused(int capacity) =>
        Assert.Throws<ArgumentException>(() => new MessageRing<long>(capacity));

    [Theory]
    [InlineData(1, 0u)]
    [InlineData(2, 0u)]
    [InlineData(64, 0u)]
    [InlineData(1, uint.MaxValue - 20)]
    [InlineData(64, uint.MaxValue - 500)]
    public void It_behaves_as_a_bounded_queue_also_where_positions_run_over(int capacity, uint position)
    {
        var random = new Random(capacity);
        var ring = new MessageRing<(long Number, long Twice)>(capacity, position);
        var model = new Queue<long>();
        long next = 1;
        for (int i = 0; i < 50_000; i++)
        {
            if (random.Next(2) == 0)
            {
                Assert.Equal(capacity - model.Count, ring.Room);
                Assert.Equal(model.Count < capacity, ring.TryPut((next, 2 * next)));
                if (model.Count < capacity) model.Enqueue(next++);
            }
            else
            {
                Assert.Equal(model.TryDequeue(out long expected), ring.TryPeek(out (long Number, long Twice) first));
                Assert.Equal((expected, 2 * expected), first);
                if (expected != 0) ring.RemoveFirst();
            }

            Assert.Equal(model.Count, ring.Count);
        }

        Assert.True(next > 1000);
    }

    [Fact]
    public void What_is_peeked_at_stays()
    {
        var ring = new MessageRing<int>(4);
        Assert.True(ring.TryPut(7));
        Assert.True(ring.TryPeek(out int first) && ring.TryPeek(out int again) && first == 7 && again == 7);
        ring.RemoveFirst();
        Assert.False(ring.TryPeek(out _));
        Assert.Equal(4, ring.Capacity);
    }

    [Fact]
    public void One_thread_puts_a_million_messages_and_another_gets_them_whole_and_in_order()
    {
        const long Messages = 1_000_000;
        var ring = new MessageRing<(long Number, long Twice)>(256, uint.MaxValue - (uint)(Messages / 2));
        bool given = false;
        var producer = new Thread(() =>
        {
            for (long next = 1; next <= Messages && !Volatile.Read(ref given);)
            {
                if (ring.TryPut((next, 2 * next))) next++;
                else Thread.Yield();
            }
        });
        producer.Start();
        try
        {
            for (long next = 1; next <= Messages;)
            {
                if (!ring.TryPeek(out (long Number, long Twice) message))
                {
                    Thread.Yield();
                    continue;
                }

                Assert.Equal((next, 2 * next), message);
                ring.RemoveFirst();
                next++;
            }
        }
        finally
        {
            Volatile.Write(ref given, true);            // a consumer that failed must not leave the producer behind
            producer.Join();
        }
    }
}
