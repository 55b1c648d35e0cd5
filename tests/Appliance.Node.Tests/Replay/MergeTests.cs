using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>Several captures become one order and one clock.</summary>
public sealed class MergeTests
{
    private const string Three = """
        ports:
          a: {backend: pcap, addresses: [10.1.0.1/24]}
          b: {backend: pcap, addresses: [10.2.0.1/24]}
          c: {backend: pcap, addresses: [10.3.0.1/24]}

        """;

    private static readonly ReplayOptions OneByOne = new(BurstFrames: 1);

    [Fact]
    public void Captures_are_merged_by_timestamp()
    {
        Replayed replayed = Run(Three, 1, OneByOne,
            ("a", Capture((0, Numbered(1)), (3000, Numbered(4)), (9000, Numbered(6)))),
            ("b", Capture((1000, Numbered(2)), (2000, Numbered(3)), (4000, Numbered(5)))));
        Assert.Equal([1, 2, 3, 4, 5, 6], Numbers(replayed));
        Assert.Equal([0L, 1000, 2000, 3000, 4000, 9000], replayed.SentBy("c").Select(sent => sent.Time));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Of_equal_timestamps_the_input_named_first_goes_first_and_then_the_order_of_the_file(int burst)
    {
        byte[] one = Capture((5, Numbered(1)), (5, Numbered(2)), (7, Numbered(5))), other = Capture((5, Numbered(3)), (5, Numbered(4)),
            (7, Numbered(6)));
        var options = new ReplayOptions(burst);
        Assert.Equal([1, 2, 3, 4, 5, 6], Numbers(Run(Three, 1, options, ("a", one), ("b", other))));
        Assert.Equal([3, 4, 1, 2, 6, 5], Numbers(Run(Three, 1, options, ("b", other), ("a", one))));
    }

    [Fact]
    public void The_same_port_may_be_named_more_than_once()
    {
        Replayed replayed = Run(Three, 1, OneByOne, ("a", Capture((5, Numbered(2)))), ("a", Capture((4, Numbered(1)))));
        Assert.Equal([1, 2], Numbers(replayed));
        Assert.Equal(2, replayed.Accounts.Ports[0].FramesIn);
    }

    [Fact]
    public void The_clock_never_goes_back()
    {
        Replayed replayed = Run(Three, 1, OneByOne,
            ("a", Capture((100_000, Numbered(1)), (20_000, Numbered(2)), (99_999, Numbered(3)), (100_001, Numbered(5)))),
            ("b", Capture((100_000, Numbered(4)))));
        Assert.Equal([1, 2, 3, 4, 5], Numbers(replayed));
        Assert.Equal([100_000L, 100_000, 100_000, 100_000, 100_001], replayed.SentBy("c").Select(sent => sent.Time));
        Assert.Equal(1e-9, replayed.Report.CaptureSeconds, 12);
    }

    [Fact]
    public void The_span_of_the_clock_is_reported()
    {
        Replayed replayed = Run(Three, 1, (
            "a", Capture((1_000_000_000, Numbered(1)), (3_500_000_000, Numbered(2)))), ("b", Capture((2_000_000_000, Numbered(3)))));
        Assert.Equal(2.5, replayed.Report.CaptureSeconds);
    }

    [Fact]
    public void The_first_and_the_last_time_that_a_capture_can_claim_are_two_times()
    {
        byte[] capture =
        [
            .. Block(0x0a0d_0d0a, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255),
            .. Block(1, 1, 0, 0, 0, 0, 0, 4, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0),     // its clock starts long ago
            .. Block(1, 1, 0, 0, 0, 0, 0, 4, 0),
            .. Record(0, 0, Numbered(1)),
            .. Record(1, ulong.MaxValue, Numbered(2)),
        ];
        Replayed replayed = Run(Three, 1, ("a", capture));
        Assert.Null(Assert.Single(replayed.Report.Inputs).Error);
        Assert.Equal([1, 2], Numbers(replayed));
        Assert.Equal(2, Assert.Single(replayed.Accounts.Vcpus).Batches);
        Assert.Equal(ulong.MaxValue / 1e9, replayed.Report.CaptureSeconds);
    }

    private static byte[] Record(uint port, ulong time, byte[] frame) => Block(
        6, [.. BitConverter.GetBytes(port), .. BitConverter.GetBytes((uint)(time >> 32)), .. BitConverter.GetBytes((uint)time),
            .. BitConverter.GetBytes(frame.Length), .. BitConverter.GetBytes(frame.Length), .. frame,
            .. new byte[(4 - (frame.Length % 4)) % 4]]);

    private static byte[] Block(uint type, params byte[] body)
    {
        byte[] length = BitConverter.GetBytes(body.Length + 12);
        return [.. BitConverter.GetBytes(type), .. length, .. body, .. length];
    }

    private static byte[] Numbered(ushort number) => TestFrames.Ipv4("10.9.0.1", "10.3.0.9", TestTransport.Udp(7, number));

    private static int[] Numbers(Replayed replayed) => [.. replayed.FramesOf("c").Select(frame => (frame[36] << 8) | frame[37])];
}
