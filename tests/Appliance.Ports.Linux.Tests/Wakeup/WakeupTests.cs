using System.IO.Pipes;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class WakeupTests
{
    private const long Forever = -1, Long = 10_000_000_000;

    [Fact]
    public void A_signal_after_the_announcement_is_not_missed_and_one_before_costs_nothing()
    {
        using var wakeup = new Wakeup();
        wakeup.Signal();                                // nobody sleeps: no bell
        wakeup.Announce();
        Assert.Equal(0, wakeup.Sleep(1000));
        wakeup.Announce();
        wakeup.Signal();
        Assert.Equal(0, wakeup.Sleep(Forever));         // it would hang otherwise
        wakeup.Announce();
        wakeup.Stay();
        wakeup.Signal();
        wakeup.Announce();
        Assert.Equal(0, wakeup.Sleep(1000));
    }

    [Fact]
    public void Nothing_is_lost_between_two_threads()
    {
        const int Rounds = 200_000;
        using var wakeup = new Wakeup();
        int said = 0;
        var other = new Thread(() =>
        {
            for (int i = 1; i <= Rounds; i++)
            {
                Volatile.Write(ref said, i);
                wakeup.Signal();
            }
        });
        other.Start();
        int heard = 0;
        while (heard < Rounds)
        {
            wakeup.Announce();
            int now = Volatile.Read(ref said);
            if (now != heard) wakeup.Stay();
            else wakeup.Sleep(Forever);
            heard = now;
        }

        other.Join();
        Assert.Equal(Rounds, heard);
    }

    [Fact]
    public void Descriptors_end_a_sleep_until_they_are_forgotten()
    {
        using var wakeup = new Wakeup();
        using var one = new AnonymousPipeServerStream(PipeDirection.Out);
        using var two = new AnonymousPipeServerStream(PipeDirection.Out);
        int first = (int)one.ClientSafePipeHandle.DangerousGetHandle(), second = (int)two.ClientSafePipeHandle.DangerousGetHandle();
        wakeup.Watch(-1);
        wakeup.Watch(first);
        wakeup.Watch(second);
        Assert.Equal(0, wakeup.Sleep(0));
        two.WriteByte(1);
        Assert.Equal(1, wakeup.Sleep(Long));
        Assert.Equal((false, true), (wakeup.IsReady(first), wakeup.IsReady(second)));
        one.WriteByte(1);
        Assert.Equal(2, wakeup.Sleep(Forever));
        wakeup.Forget(second);
        Assert.Equal(1, wakeup.Sleep(Long));
        wakeup.Forget(first);
        Assert.Equal(0, wakeup.Sleep(0));
    }

    [Fact]
    public void There_may_be_as_many_as_a_box_has_ports()
    {
        const int Many = 4 * 1024;
        using var wakeup = new Wakeup();
        using var quiet = new AnonymousPipeServerStream(PipeDirection.Out);
        using var last = new AnonymousPipeServerStream(PipeDirection.Out);
        int descriptor = (int)quiet.ClientSafePipeHandle.DangerousGetHandle();
        for (int i = 0; i < Many; i++) wakeup.Watch(descriptor);
        wakeup.Watch((int)last.ClientSafePipeHandle.DangerousGetHandle());
        last.WriteByte(1);
        Assert.Equal(1, wakeup.Sleep(Long));
        for (int i = 0; i < Many; i++) wakeup.Forget(descriptor);
        Assert.Equal(1, wakeup.Sleep(Long));
        wakeup.Announce();
        wakeup.Signal();
        Assert.Equal(1, wakeup.Sleep(Forever));
    }

    [Fact]
    public void It_allocates_nothing()
    {
        using var wakeup = new Wakeup();
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            wakeup.Announce();
            wakeup.Signal();
            wakeup.Sleep(1000);
            if (round > 0) Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
