using System.Collections.Immutable;
using Appliance.Node;
using Appliance.Reports.Page;
using Xunit;

namespace Appliance.Tests;

/// <summary>The axes of the page's charts: round numbers that cover what is drawn.</summary>
public class AxisTests
{
    [Theory]
    [InlineData(0, 5, 1, "1")]
    [InlineData(1, 5, 0.2, "0.2")]
    [InlineData(10, 5, 2, "2")]
    [InlineData(11, 5, 5, "5")]
    [InlineData(2500, 5, 500, "500")]
    [InlineData(2501, 5, 1000, "1k")]
    [InlineData(7_400_000, 5, 2_000_000, "2M")]
    [InlineData(3e10, 3, 1e10, "10G")]
    [InlineData(0.0004, 5, 0.0001, "0.0001")]
    public void Lines_are_one_two_or_five_apart(double range, int steps, double step, string label)
    {
        Scale scale = Scale.For(range, steps);
        Assert.Equal(step, scale.Step, 1e-12 + (step * 1e-9));
        Assert.Equal(label, scale.Label(1));
    }

    [Fact]
    public void They_cover_the_range_in_at_most_so_many_steps()
    {
        for (double range = 1e-6; range < 1e13; range *= 1.37)
        {
            Scale scale = Scale.For(range, 5);
            int steps = scale.StepsTo(range);
            Assert.InRange(steps, 2, 5);
            Assert.True(steps * scale.Step >= range * (1 - 1e-9) && (steps - 1) * scale.Step < range, $"{range}: {steps} of {scale.Step}");
        }
    }

    [Theory]
    [InlineData(1_000, 50, "0 µs|10 µs|20 µs|30 µs|40 µs", "1 µs")]
    [InlineData(128_000, 240, "0 ms|5 ms|10 ms|15 ms|20 ms|25 ms|30 ms", "128 µs")]
    [InlineData(131_072_000, 233, "0 s|5 s|10 s|15 s|20 s|25 s|30 s", "131 ms")]
    [InlineData(33_554_432_000, 200, "0 min|20 min|40 min|60 min|80 min|100 min", "33.6 s")]
    public void Times_are_in_the_unit_of_the_span(ulong width, int intervals, string ticks, string shown)
    {
        var axis = new TimeAxis(Timeline(width, intervals));
        string labels = axis.Labels(0).ToString();
        Assert.Equal(ticks, string.Join('|', labels.Split("</text>").SkipLast(1).Select(text => text[(text.IndexOf('>') + 1)..])));
        Assert.Equal(shown, axis.Width);
    }

    [Fact]
    public void Any_span_has_between_one_and_seven_labels_within_the_plot()
    {
        for (ulong width = 1000; width < 1UL << 57; width *= 2)
        {
            foreach (int intervals in (int[])[0, 1, 2, 7, 120, 239, 240])
            {
                if ((double)width * (intervals - 1) > ulong.MaxValue) continue;  // longer than timestamps can be apart
                string[] labels = new TimeAxis(Timeline(width, intervals)).Labels(0).ToString().Split("</text>");
                Assert.InRange(labels.Length - 1, 1, 7);
                Assert.Contains("x=\"0%\"", labels[0], StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Neighbouring_intervals_have_different_names()
    {
        for (ulong width = 1000; width < 1UL << 50; width *= 2)
        {
            var axis = new TimeAxis(Timeline(width, 240));
            Assert.Equal(240, Enumerable.Range(0, 240).Select(i => axis.Between(i, i)).Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Fact]
    public void A_rate_is_by_the_second() => Assert.Equal(2_000_000, new TimeAxis(Timeline(128_000, 10)).Rate(256), 1e-6);

    [Fact]
    public void An_area_rises_in_steps_and_comes_back_along_its_other_edge()
    {
        Assert.Equal("M0 100V50H2V20H3V100H0z", StepPath.Between([50, 50, 20], [100, 100, 100]));
        Assert.Equal("M0 90V50H1V60H2V80H1V90H0z", StepPath.Between([50, 60], [90, 80]));
        Assert.Equal("M0 9V9H4V9H0z", StepPath.Between([9, 9, 9, 9], [9, 9, 9, 9]));
    }

    [Fact]
    public void Equal_intervals_make_one_run()
    {
        int[] amounts = [1, 1, 2, 1, 1, 1];
        Assert.Equal([(0, 1), (2, 2), (3, 5)], StepPath.Runs(amounts.Length, (one, other) => amounts[one] == amounts[other]));
        Assert.Empty(StepPath.Runs(0, (_, _) => true));
    }

    private static ReplayTimeline Timeline(ulong width, int intervals) => new()
    {
        StartNanoseconds = 0,
        IntervalNanoseconds = width,
        Intervals = intervals,
        Ports = [],
        Drops = ImmutableSortedDictionary<string, ImmutableArray<long>>.Empty,
        Vcpus = [],
    };
}
