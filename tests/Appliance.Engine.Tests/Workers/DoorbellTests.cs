using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>Who puts work before a worker wakes it when it sleeps, and pays nothing when it does not.</summary>
public sealed class DoorbellTests
{
    private sealed class Counted : IWakeup
    {
        public int Wakes;

        public void Wake() => Interlocked.Increment(ref Wakes);
    }

    [Fact]
    public void Nobody_is_woken_who_does_not_sleep()
    {
        (Doorbell bell, Counted wakeup) = Connected();
        bell.Ring();
        bell.LieDown();
        bell.GetUp();
        bell.Ring();
        Assert.Equal(0, wakeup.Wakes);
    }

    [Fact]
    public void Of_many_who_ring_one_wakes()
    {
        (Doorbell bell, Counted wakeup) = Connected();
        bell.LieDown();
        for (int i = 0; i < 100; i++) bell.Ring();
        Assert.Equal(1, wakeup.Wakes);
        Assert.False(bell.IsAsleep);
        bell.GetUp();
        bell.LieDown();
        bell.Ring();
        Assert.Equal(2, wakeup.Wakes);
    }

    [Fact]
    public void A_doorbell_that_wakes_nobody_may_be_rung()
    {
        var bell = new Doorbell();
        bell.LieDown();
        bell.Ring();
        Assert.False(bell.IsAsleep);
    }

    /// <summary>A wake-up that is lost stops this test for ever: the sleeper sleeps without an end, and nobody rings twice for a
    /// message.</summary>
    [Fact]
    public void No_wake_up_is_lost()
    {
        const uint Messages = 300_000;
        var ring = new MessageRing<uint>(64);
        using var sleeper = new Sleeper();
        var bell = new Doorbell();
        bell.Connect(sleeper);
        uint taken = 0;
        int sleeps = 0;
        var consumer = new Thread(() =>
        {
            while (taken < Messages)
            {
                if (TryTake(ring, ref taken)) continue;
                bell.LieDown();
                if (!TryTake(ring, ref taken))
                {
                    sleeps++;
                    sleeper.Sleep();
                }

                bell.GetUp();
            }
        });
        consumer.Start();
        for (uint message = 1; message <= Messages; message++)
        {
            while (!ring.TryPut(message)) Thread.Yield();
            bell.Ring();
            if (message % 16 == 0) Thread.SpinWait((int)(message % 97));
        }

        Assert.True(consumer.Join(TimeSpan.FromMinutes(2)), $"asleep after {taken} of {Messages} messages and {sleeps} sleeps");
        Assert.True(sleeps > 0, "The consumer never slept, so nothing was at stake.");
    }

    private static bool TryTake(MessageRing<uint> ring, ref uint taken)
    {
        if (!ring.TryPeek(out uint message)) return false;
        Assert.Equal(taken + 1, message);
        ring.RemoveFirst();
        taken = message;
        return true;
    }

    private static (Doorbell Bell, Counted Wakeup) Connected()
    {
        var (bell, wakeup) = (new Doorbell(), new Counted());
        bell.Connect(wakeup);
        return (bell, wakeup);
    }

    private sealed class Sleeper : IWakeup, IDisposable
    {
        private readonly SemaphoreSlim _woken = new(0);

        public void Wake() => _woken.Release();

        public void Sleep() => _woken.Wait();

        public void Dispose() => _woken.Dispose();
    }
}
