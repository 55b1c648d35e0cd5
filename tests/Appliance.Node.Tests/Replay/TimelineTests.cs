using System.Collections.Immutable;
using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>The accounts of a replay over time: at most 240 intervals, none of whose frames is ever lost or counted twice.</summary>
public sealed class TimelineTests
{
    private const long Second = 1_000_000_000;

    private static byte[] Frame => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_series_sums_to_its_account(int vcpus)
    {
        Replayed replayed = Run(
            Boxes.Edge, vcpus, ("lan", Capture(MixedTraffic.Timed(1, 4000))), ("wan", Capture(MixedTraffic.Timed(2, 1000))));
        ReplayTimeline timeline = replayed.Report.Timeline;
        NodeAccounts accounts = replayed.Accounts;
        for (int port = 0; port < accounts.Ports.Length; port++)
        {
            Assert.Equal(accounts.Ports[port].FramesIn, timeline.Ports[port].FramesIn.Sum());
            Assert.Equal(accounts.Ports[port].BytesIn, timeline.Ports[port].BytesIn.Sum());
            Assert.Equal(accounts.Ports[port].FramesOut, timeline.Ports[port].FramesOut.Sum());
            Assert.Equal(accounts.Ports[port].BytesOut, timeline.Ports[port].BytesOut.Sum());
        }

        Assert.Equal(accounts.Drops, timeline.Drops.ToImmutableSortedDictionary(drop => drop.Key, drop => drop.Value.Sum()));
        Assert.Equal(accounts.Vcpus.Select(vcpu => vcpu.Frames), timeline.Vcpus.Select(amounts => amounts.Sum()));
        Assert.All(Series(timeline), series => Assert.Equal(timeline.Intervals, series.Length));
        Assert.All(Series(timeline), series => Assert.All(series, amount => Assert.True(amount >= 0)));
        Assert.InRange(timeline.Intervals, ReplayTimeline.MaxIntervals / 2, ReplayTimeline.MaxIntervals);
    }

    [Fact]
    public void It_is_the_same_for_the_same_replay()
    {
        (string, byte[])[] inputs = [("lan", Capture(MixedTraffic.Timed(3, 3000)))];
        ReplayTimeline one = Run(Boxes.Edge, 3, inputs).Report.Timeline, other = Run(Boxes.Edge, 3, inputs).Report.Timeline;
        Assert.Equal((one.StartNanoseconds, one.IntervalNanoseconds, one.Intervals),
            (other.StartNanoseconds, other.IntervalNanoseconds, other.Intervals));
        Assert.Equal(Series(one), Series(other));
        Assert.Equal(one.Drops.Keys, other.Drops.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(239_999)]
    [InlineData(240_000)]                                               // the first that needs wider intervals
    [InlineData(480_000)]
    [InlineData(30 * Second)]
    [InlineData(3_000_000 * Second)]
    public void The_width_is_the_least_that_holds_the_span(long span)
    {
        ReplayTimeline timeline = Run(
            Boxes.Edge, 1, new ReplayOptions(BurstFrames: 1), ("lan", Capture((0, Frame), (span, Frame)))).Report.Timeline;
        (ulong width, int intervals) = Twin(span);
        Assert.Equal((width, intervals), (timeline.IntervalNanoseconds, timeline.Intervals));
        Assert.Equal(Start, timeline.StartNanoseconds);
        Assert.Equal(2, timeline.Ports[0].FramesIn.Sum());
        Assert.True(timeline.Ports[0].FramesIn[^1] > 0 && timeline.Ports[0].FramesIn[0] > 0);
    }

    /// <summary>However the intervals doubled meanwhile, the frames lie where they would have been counted at the last width.</summary>
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 10_000)]
    [InlineData(3, 1_000_000)]
    [InlineData(4, 100 * Second)]
    public void Frames_lie_in_the_interval_of_their_breath(int seed, long mostApart)
    {
        var random = new Random(seed);
        long[] times = new long[2000];
        for (int i = 1; i < times.Length; i++)
            times[i] = times[i - 1] + (random.Next(50) == 0 ? random.NextInt64(50 * mostApart) : random.NextInt64(mostApart));
        ReplayTimeline timeline = Run(
            Boxes.Edge, 2, new ReplayOptions(BurstFrames: 1), ("lan", Capture(times.Select(time => (time, Frame))))).Report.Timeline;

        (ulong width, int intervals) = Twin(times[^1]);
        long[] expected = new long[intervals];
        foreach (long time in times)
            expected[(int)((ulong)time / width)]++;
        Assert.Equal(expected, timeline.Ports[0].FramesIn);
        Assert.Equal(expected, timeline.Ports[1].FramesOut);
        Assert.Equal(expected.Select(frames => frames * Frame.Length), timeline.Ports[0].BytesIn);
    }

    [Fact]
    public void Drops_lie_where_they_occurred()
    {
        byte[] lost = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 1 });
        ReplayTimeline timeline =
            Run(Boxes.Edge, 1, ("lan", Capture((0, Frame), (Second, lost), (2 * Second, lost), (3 * Second, Frame)))).Report.Timeline;
        ImmutableArray<long> drops = Assert.Single(timeline.Drops, drop => drop.Key == "hop-limit").Value;
        int[] at = [.. drops.Index().Where(drop => drop.Item > 0).Select(drop => drop.Index)];
        Assert.Equal([(int)((ulong)Second / timeline.IntervalNanoseconds), (int)(2 * (ulong)Second / timeline.IntervalNanoseconds)], at);
        Assert.Single(timeline.Drops);
    }

    [Fact]
    public void Without_records_there_are_no_intervals()
    {
        ReplayTimeline timeline = Run(Boxes.Edge, 2, ("lan", Capture())).Report.Timeline;
        Assert.Equal((0L, 0), (timeline.StartNanoseconds, timeline.Intervals));
        Assert.All(Series(timeline), series => Assert.Empty(series));
        Assert.Equal((2, 2), (timeline.Ports.Length, timeline.Vcpus.Length));
    }

    /// <summary>The widths are 1 µs times a power of two; the least of them that makes no more than 240 intervals.</summary>
    private static (ulong Width, int Intervals) Twin(long span)
    {
        ulong width = 1000;
        while ((ulong)span / width + 1 > 240)
            width *= 2;
        return (width, (int)((ulong)span / width) + 1);
    }

    private static IEnumerable<ImmutableArray<long>> Series(ReplayTimeline timeline) =>
    [
        .. timeline.Ports.SelectMany(port => (ImmutableArray<long>[])[port.FramesIn, port.BytesIn, port.FramesOut, port.BytesOut]),
        .. timeline.Drops.Values, .. timeline.Vcpus,
    ];
}
