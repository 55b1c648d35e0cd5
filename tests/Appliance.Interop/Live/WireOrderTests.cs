using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Whether the judge of order tells an overtaking from what looks like one.</summary>
public sealed class WireOrderTests
{
    private const uint Start = uint.MaxValue - 150;                     // numbers wrap on the way

    [Fact]
    public void A_frame_that_comes_behind_a_later_one_has_been_overtaken() =>
        Assert.Equal(Span(3, 100), WireOrder.FirstOvertaken(Sent(0, 100, 200), [Span(1, 0), Span(2, 200), Span(3, 100)]));

    [Fact]
    public void So_has_one_whose_followers_were_joined_to_a_large_frame() =>
        Assert.Equal(Span(2, 0), WireOrder.FirstOvertaken(Sent(0, 100, 200), [Span(1, 100, 200), Span(2, 0)]));

    [Fact]
    public void A_lost_frame_that_is_sent_again_has_not() =>
        Assert.Null(WireOrder.FirstOvertaken(Sent(0, 100, 200, 100), [Span(1, 0), Span(2, 200), Span(3, 100)]));

    [Fact]
    public void One_that_its_sender_sent_behind_has_not() =>
        Assert.Null(WireOrder.FirstOvertaken(Sent(0, 200, 100), [Span(1, 0), Span(2, 200), Span(3, 100)]));

    [Fact]
    public void Streams_in_order_have_no_overtaken_frame() =>
        Assert.Null(WireOrder.FirstOvertaken(Sent(0, 100, 200), [Span(1, 0, 200), Span(2, 200)]));

    private static TcpSpan[] Sent(params uint[] offsets) => [.. offsets.Select((offset, index) => Span((uint)index + 1, offset))];

    private static TcpSpan Span(uint number, uint offset, uint length = 100) => new(number, unchecked(Start + offset), length);
}
