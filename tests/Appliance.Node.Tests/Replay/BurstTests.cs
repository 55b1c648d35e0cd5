using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>Frames within 50 µs of the first, at most 64, enter in one breath whose clock is the last one's.</summary>
public sealed class BurstTests
{
    private static byte[] Frame => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));

    [Fact]
    public void Fifty_microseconds_behind_the_first_still_belong_to_it_and_a_nanosecond_more_does_not() =>
        Assert.Equal([50_000L, 50_000, 50_001, 120_000], Stamps(new ReplayOptions(), 0, 50_000, 50_001, 120_000));

    [Fact]
    public void The_window_is_measured_from_the_first_and_does_not_slide() =>
        Assert.Equal([40_000L, 40_000, 80_000, 80_000, 120_000], Stamps(new ReplayOptions(), 0, 40_000, 60_000, 80_000, 120_000));

    [Fact]
    public void The_sixty_fifth_frame_opens_the_next_burst()
    {
        long[] stamps = Stamps(new ReplayOptions(), [.. Enumerable.Range(0, 130).Select(i => (long)i)]);
        Assert.Equal([.. Enumerable.Repeat(63L, 64), .. Enumerable.Repeat(127L, 64), 129, 129], stamps);
    }

    [Fact]
    public void Frames_and_time_of_a_burst_can_be_chosen()
    {
        Assert.Equal([0L, 1, 2, 3], Stamps(new ReplayOptions(1), 0, 1, 2, 3));
        Assert.Equal([2L, 2, 2, 5, 5, 5, 6], Stamps(new ReplayOptions(3), 0, 1, 2, 3, 4, 5, 6));
        Assert.Equal([0L, 0, 1, 1000], Stamps(new ReplayOptions(64, 0), 0, 0, 1, 1000));
        Assert.Equal([999_999L, 999_999, 1_000_001], Stamps(new ReplayOptions(64, 1000), 0, 999_999, 1_000_001));
    }

    [Fact]
    public void Frames_of_several_inputs_share_a_burst()
    {
        Replayed replayed = Run(Boxes.Edge, 1, ("lan", Capture((0, Frame), (30, Frame))), ("wan", Capture((10, Frame), (50, Frame))));
        Assert.Equal([50L, 50, 50, 50], replayed.SentBy("wan").Select(sent => sent.Time));
        Assert.Equal(1, Assert.Single(replayed.Accounts.Vcpus).Batches);
    }

    [Fact]
    public void A_frame_out_of_time_counts_as_now_and_joins_the_burst() =>
        Assert.Equal([20L, 20, 20, 100_000], Stamps(new ReplayOptions(), 10, 5, 20, 100_000));

    [Fact]
    public void Replies_carry_the_time_of_the_burst_that_caused_them()
    {
        byte[] echo = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1));
        Replayed replayed = Run(Boxes.Edge, 2, ("lan", Capture((0, echo), (49_000, Frame), (99_000, echo))));
        Assert.Equal([49_000L, 99_000], replayed.SentBy("lan").Select(sent => sent.Time));
    }

    private static long[] Stamps(ReplayOptions options, params long[] times) =>
        [.. Run(Boxes.Edge, 1, options, ("lan", Capture(times.Select(time => (time, Frame))))).SentBy("wan").Select(sent => sent.Time)];
}
