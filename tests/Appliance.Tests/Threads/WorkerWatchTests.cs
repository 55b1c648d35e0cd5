using Appliance.Engine;
using Appliance.Threads;
using Xunit;

namespace Appliance.Tests.Threads;

public sealed class WorkerWatchTests
{
    private const long Step = 200_000_000;

    private readonly WorkerWatch _watch = new(2);
    private MonotonicTime _now = new(1);

    [Fact]
    public void A_worker_that_has_not_breathed_for_a_second_is_stuck_and_no_other()
    {
        for (int look = 0; look <= 5; look++)
        {
            Assert.Empty(_watch.Stuck);
            Look((100, false), (look, false));
        }

        Assert.Equal([0], _watch.Stuck);
        Look((101, false), (6, false));
        Assert.Empty(_watch.Stuck);
    }

    [Fact]
    public void A_worker_that_rests_with_good_reason_is_not_stuck_however_long()
    {
        for (int look = 0; look < 100; look++) Look((100, true), (100, true));
        Assert.Empty(_watch.Stuck);
        for (int look = 0; look <= 5; look++) Look((100, false), (100, true));
        Assert.Equal([0], _watch.Stuck);
    }

    [Fact]
    public void Time_in_which_nobody_looked_hardly_counts()
    {
        Look((1, false), (1, false));
        _now += 3_600_000_000_000;
        Look((1, false), (1, false));
        Assert.Empty(_watch.Stuck);
    }

    private void Look(params ReadOnlySpan<(long, bool)> vitals)
    {
        _now += Step;
        _watch.Look(_now, vitals);
    }
}
