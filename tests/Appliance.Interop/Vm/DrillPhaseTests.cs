using Appliance.Interop.Live;
using Appliance.Interop.Load;
using Xunit;

namespace Appliance.Interop.Vm;

[Collection(LoadCollection.Name)]
public sealed class DrillPhaseTests
{
    [Theory]
    [InlineData(100, 500, 0, 0, true, "good")]
    [InlineData(100, 501, 300, 90, false, "NOT GOOD")]
    [InlineData(100, 501, 301, 16, true, "gap not judged")]
    [InlineData(100, 501, 900, 15, false, "NOT GOOD")]
    [InlineData(99, 10, 0, 0, false, "NOT GOOD")]
    [InlineData(99, 10, 900, 90, false, "NOT GOOD")]
    public void A_gap_counts_unless_others_kept_the_machines_waiting_and_sessions_always(
        int living, int gap, int starved, int others, bool isGood, string verdict)
    {
        var phase = new DrillPhase("quit", 0, 1, living, gap, BarMilliseconds: 500, starved, others);
        Assert.Equal(isGood, phase.IsGood(100));
        Assert.EndsWith($": {verdict}", phase.TextFor(100), StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_is_added_up_over_the_window_and_no_more_also_by_who_looks_late()
    {
        var window = new StarvationWindow(milliseconds: 200);
        long[] found = [.. (((long, long)[])[(0, 100), (100, 110), (200, 130), (300, 150), (400, 150), (500, 150)])
            .Select(look => window.Add(look.Item1, look.Item2))];
        Assert.Equal([0, 10, 30, 40, 20, 0], found);
        Assert.Equal(20, window.Add(900, 190));                         // 40 in twice the window
    }

    [Fact]
    public void What_a_test_starts_is_its_own_while_it_runs_and_when_it_has_ended()
    {
        long before = OthersShare.OwnTicks();
        using (var busy = new Background(Peer.Require("sh"), ["-c", "while :; do :; done"]))
            Patience.Until(() => OthersShare.OwnTicks() >= before + 100, () => $"{OthersShare.OwnTicks() - before} ticks: {busy}");
        Assert.True(OthersShare.OwnTicks() >= before + 100);
    }

    /// <summary>Of more threads than processors each waits most of the time.</summary>
    [Fact]
    public void Threads_that_want_more_processors_than_there_are_starve()
    {
        using var starvation = new Starvation(() => [Environment.ProcessId]);
        bool isDone = false;
        Thread[] threads = [.. Enumerable.Range(0, 8 * Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isDone)) Thread.SpinWait(100);
        }) { IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        int worst = 0;
        try
        {
            Patience.Until(
                () => (worst = Math.Max(worst, starvation.Take())) > DrillPhase.MostStarvedMilliseconds, () => $"only {worst} ms");
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            foreach (Thread thread in threads) thread.Join();
        }
    }
}
