using Xunit;

namespace Appliance.Engine.Tests.Accounts;

public sealed class DurationCountsTests
{
    [Fact]
    public void Percentiles_are_right_to_an_eighth()
    {
        var durations = new DurationCounts();
        Assert.Equal(0, durations.Percentile(99));
        var others = new DurationCounts();
        var random = new Random(1);
        List<long> all = [];
        for (int i = 0; i < 10_000; i++)
        {
            long nanoseconds = (long)Math.Pow(10, random.NextDouble() * 9);
            all.Add(nanoseconds);
            (i % 2 == 0 ? durations : others).Add(nanoseconds);
        }

        durations.Add(others);
        all.Sort();
        foreach (double percent in new[] { 1, 50, 90, 99, 99.9, 100 })
        {
            long exact = all[(int)Math.Ceiling(all.Count * percent / 100) - 1];
            Assert.InRange(durations.Percentile(percent), exact, exact + (exact / 8) + 1);
        }

        Assert.Equal(all[^1], durations.MaxNanoseconds);
    }
}
