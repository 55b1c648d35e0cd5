using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Time;

/// <summary>Against a twin that keeps all deadlines in a list and looks at every one.</summary>
public sealed class TimerWheelTests
{
    private const long Tick = TimerTick.Nanoseconds;
    private const int Plenty = int.MaxValue;
    private readonly TimerLink[] _links = new TimerLink[1000];

    [Fact]
    public void Random_schedules_are_taken_as_by_the_twin()
    {
        int operations = TestSize.Of(person: 100_000, server: 1_000_000, soak: 10_000_000);
        var random = new Random(TestSize.Seed(11));
        TimerWheel<Links> wheel = NewWheel(0);
        var twin = new SortedSet<(long Tick, long Order, int Item)>();
        var entries = new Dictionary<int, (long Tick, long Order, int Item)>();
        long now = 0;
        for (int i = 0; i < operations; i++)
        {
            int item = random.Next(_links.Length);
            switch (random.Next(4))
            {
                case 0 or 1 when !entries.ContainsKey(item):
                    long due = now + Gap(random) - (random.Next(8) == 0 ? 5 * Tick : 0);
                    wheel.Schedule(item, new MonotonicTime(due));
                    entries[item] = (Math.Max(RoundUp(due), now / Tick), i, item);
                    twin.Add(entries[item]);
                    break;
                case 2:
                    wheel.Cancel(item);
                    if (entries.Remove(item, out (long, long, int) entry)) twin.Remove(entry);
                    break;
                default:
                    now += random.Next(3) == 0 ? Gap(random) : random.Next((int)Tick);
                    Assert.Equal(TakeFromTwin(twin, entries, now), TakeAll(wheel, now, random));
                    break;
            }

            Assert.Equal(entries.Count, wheel.Count);
            if (now > long.MaxValue / 4)
            {
                (wheel, now) = (NewWheel(0), 0);                        // the end of time: begin again
                twin.Clear();
                entries.Clear();
            }

            if (twin.Count == 0) Assert.Equal(MonotonicTime.Never, wheel.NextDeadline);
            else Assert.InRange(wheel.NextDeadline.Nanoseconds, now - (now % Tick), twin.Min.Tick * Tick);
        }
    }

    [Fact]
    public void Nothing_is_early_and_nothing_a_tick_late()
    {
        var random = new Random(12);
        for (int i = 0; i < 1000; i++)
        {
            long start = Gap(random), due = start + 1 + Gap(random);
            TimerWheel<Links> wheel = NewWheel(start);
            wheel.Schedule(1, new MonotonicTime(due));
            Assert.Empty(TakeAll(wheel, due - 1));
            Assert.Equal([1], TakeAll(wheel, due + Tick - 1));
        }
    }

    [Fact]
    public void What_is_past_is_due_at_once()
    {
        TimerWheel<Links> wheel = NewWheel(1000 * Tick);
        wheel.Schedule(3, new MonotonicTime(7 * Tick));
        Assert.Equal([3], TakeAll(wheel, 1000 * Tick));
    }

    [Fact]
    public void Items_of_one_tick_come_in_the_order_of_their_scheduling()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        var due = new MonotonicTime(5000 * Tick);
        for (int item = 0; item < 500; item++) wheel.Schedule(item, due);
        Assert.Empty(TakeAll(wheel, 4999 * Tick));                      // by now they have come down from level 2
        for (int item = 500; item < 600; item++) wheel.Schedule(item, due);
        Assert.Equal(Enumerable.Range(0, 600), TakeAll(wheel, due.Nanoseconds));
    }

    [Fact]
    public void A_gap_of_a_year_costs_what_lies_in_it()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        for (int item = 0; item < 10; item++) wheel.Schedule(item, new MonotonicTime((item + 1) * 3_000_000_000_000_000));
        int steps = 1000, taken = 0;
        while (wheel.TryTake(new MonotonicTime(long.MaxValue / 2), ref steps, out int item)) Assert.Equal(taken++, item);
        Assert.Equal(10, taken);
        Assert.InRange(1000 - steps, 10, 10 * 9);                       // each is taken once and goes down at most eight levels
    }

    [Fact]
    public void Steps_bound_a_call_and_the_next_goes_on()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        var due = new MonotonicTime(100_000 * Tick);
        for (int item = 0; item < 1000; item++) wheel.Schedule(item, due);
        var taken = new List<int>();
        int calls = 0;
        for (int left = 0; left == 0; calls++)
        {
            left = 7;
            while (wheel.TryTake(due, ref left, out int item)) taken.Add(item);
            Assert.InRange(left, 0, 7);
            if (wheel.Count > 0) Assert.True(wheel.NextDeadline <= due);
        }

        Assert.Equal(Enumerable.Range(0, 1000), taken.Order());
        Assert.InRange(calls, 1000 / 7, 1 + (1000 * 4 / 7));
    }

    [Fact]
    public void What_is_scheduled_while_items_go_down_keeps_its_time()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        for (int item = 0; item < 20; item++) wheel.Schedule(item, new MonotonicTime((4096 + (item * 10)) * Tick));
        int steps = 5;
        Assert.False(wheel.TryTake(new MonotonicTime(4096 * Tick), ref steps, out _));
        wheel.Schedule(20, new MonotonicTime(4111 * Tick));
        wheel.Cancel(19);                                               // it has not come down yet
        Assert.Equal([0, 1, 20, 2], TakeAll(wheel, 4120 * Tick));
        Assert.Equal(Enumerable.Range(3, 16), TakeAll(wheel, 10_000 * Tick));
    }

    [Fact]
    public void The_end_of_time_is_a_deadline_like_any()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        wheel.Schedule(1, MonotonicTime.Never);
        Assert.Empty(TakeAll(wheel, long.MaxValue - Tick));
        Assert.Equal([1], TakeAll(wheel, long.MaxValue));
    }

    [Fact]
    public void An_item_is_scheduled_once()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        wheel.Schedule(1, new MonotonicTime(5));
        Assert.Throws<InvalidOperationException>(() => wheel.Schedule(1, new MonotonicTime(6)));
        Assert.True(_links[1].IsScheduled);
        Assert.Equal(new MonotonicTime(Tick), _links[1].Due);
        wheel.Cancel(1);
        Assert.False(_links[1].IsScheduled);
        Assert.Equal(MonotonicTime.Never, _links[1].Due);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        TimerWheel<Links> wheel = NewWheel(0);
        Churn(wheel, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Churn(wheel, 10_000_000 * Tick);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Churn(TimerWheel<Links> wheel, long now)
    {
        for (int i = 0; i < 10_000; i++)
        {
            wheel.Schedule(i % 1000, new MonotonicTime(now + (i % 1000 * 777 * Tick)));
            if (i % 3 == 0) wheel.Cancel(i % 1000);
            if (i % 1000 != 999) continue;
            now += 777_000 * Tick;
            int steps = Plenty;
            while (wheel.TryTake(new MonotonicTime(now), ref steps, out _))
            {
            }
        }
    }

    /// <summary>Of every magnitude from a nanosecond to ten years.</summary>
    private static long Gap(Random random) => random.NextInt64(1L << random.Next(1, 59));

    private static long RoundUp(long nanoseconds) => (long)Math.Ceiling(nanoseconds / (decimal)Tick);

    private static List<int> TakeFromTwin(
        SortedSet<(long Tick, long Order, int Item)> twin, Dictionary<int, (long Tick, long Order, int Item)> entries, long now)
    {
        var taken = new List<int>();
        while (twin.Count > 0 && twin.Min.Tick <= now / Tick)
        {
            taken.Add(twin.Min.Item);
            entries.Remove(twin.Min.Item);
            twin.Remove(twin.Min);
        }

        return taken;
    }

    private static List<int> TakeAll(TimerWheel<Links> wheel, long now, Random? random = null)
    {
        var taken = new List<int>();
        int left = 0;
        while (left == 0)
        {
            left = random?.Next(1, 50) ?? Plenty;
            while (wheel.TryTake(new MonotonicTime(now), ref left, out int item)) taken.Add(item);
        }

        return taken;
    }

    private TimerWheel<Links> NewWheel(long now)
    {
        Array.Clear(_links);
        return new TimerWheel<Links>(new Links(_links), new MonotonicTime(now));
    }

    private readonly struct Links(TimerLink[] links) : ITimerLinks
    {
        public ref TimerLink this[int item] => ref links[item];
    }
}
