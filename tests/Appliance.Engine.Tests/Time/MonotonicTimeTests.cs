using Xunit;

namespace Appliance.Engine.Tests.Time;

public sealed class MonotonicTimeTests
{
    [Fact]
    public void Times_are_ordered_and_their_difference_is_in_nanoseconds()
    {
        var early = new MonotonicTime(5);
        MonotonicTime late = early + 10;
        Assert.Equal(10, late - early);
        Assert.True(early < late && early <= late && late > early && late >= early);
        Assert.False(late < early || late <= early || early > late || early >= late);
        Assert.True(early.CompareTo(late) < 0 && late.CompareTo(early) > 0 && early.CompareTo(new MonotonicTime(5)) == 0);
    }

    [Fact]
    public void Never_is_behind_every_other_time() => Assert.True(new MonotonicTime(long.MaxValue - 1) < MonotonicTime.Never);
}
