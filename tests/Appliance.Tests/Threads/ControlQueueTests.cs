using Appliance.Engine;
using Appliance.Management;
using Appliance.Running;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests.Threads;

/// <summary>What other threads ask of one, also while it ends.</summary>
public sealed class ControlQueueTests
{
    [Fact]
    public async Task Nobody_who_asks_just_at_the_end_waits_for_ever()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        int rounds = TestSize.Of(person: 2_000, server: 20_000, soak: 1_000_000);
        for (int round = 0; round < rounds; round++)
        {
            var queue = new ControlQueue(new Doorbell());
            using var start = new Barrier(2);
            Task<int> asked = Task.Run(() =>
            {
                start.SignalAndWait(cancel);
                return queue.Ask(() => 1);
            }, cancel);
            start.SignalAndWait(cancel);
            if (round % 2 == 0) queue.Run();
            queue.Close();
            await asked.WaitAsync(TimeSpan.FromMinutes(1), cancel).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.True(asked is { IsCompletedSuccessfully: true, Result: 1 } || asked.Exception?.InnerException is ControlEndedException);
        }
    }

    [Fact]
    public async Task Each_is_done_once_and_in_the_order_in_which_one_asked()
    {
        const int Askers = 4, Each = 5_000;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var queue = new ControlQueue(new Doorbell());
        int[] last = new int[Askers];
        Task[] asking = [.. Enumerable.Range(0, Askers).Select(asker => Task.Run(
            () =>
            {
                for (int i = 1; i <= Each; i++)
                {
                    int number = i;
                    queue.Post(() => last[asker] = last[asker] == number - 1 ? number : int.MinValue);
                }
            },
            cancel))];
        while (!Task.WhenAll(asking).IsCompleted) queue.Run();
        await Task.WhenAll(asking);
        queue.Run();
        Assert.All(last, number => Assert.Equal(Each, number));
    }

    /// <summary>What is only told is done by its thread or not at all.</summary>
    [Fact]
    public void What_is_told_behind_the_end_is_not_done()
    {
        var queue = new ControlQueue(new Doorbell());
        int done = 0;
        queue.Post(() => done++);
        queue.Run();
        queue.Post(() => done += 10);
        queue.Close();
        queue.Post(() => done += 100);
        Assert.Equal((1, true), (done, queue.IsEmpty));
    }
}
