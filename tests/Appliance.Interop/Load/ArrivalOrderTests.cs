using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Whether the judge of numbered frames sees what it is there to see.</summary>
public sealed class ArrivalOrderTests
{
    [Fact]
    public void Flows_in_order_have_no_late_frame_however_they_are_mixed() =>
        Assert.Equal((5, 0), Judge((0, 0), (1, 0), (1, 1), (0, 1), (0, 2)));

    [Fact]
    public void A_gap_is_a_frame_less_and_nothing_late() => Assert.Equal((2, 0), Judge((0, 0), (0, 2)));

    [Fact]
    public void A_frame_that_was_overtaken_is_late() => Assert.Equal((3, 1), Judge((0, 0), (0, 2), (0, 1)));

    [Fact]
    public void So_is_one_that_comes_twice() => Assert.Equal((3, 1), Judge((0, 0), (0, 1), (0, 1)));

    [Fact]
    public void What_is_left_of_an_earlier_run_does_not_count()
    {
        var order = new ArrivalOrder();
        order.Begin(2);
        order.Note(new NumberedFrame(1, 0, 0));
        Assert.Equal(0, order.Received);
    }

    [Fact]
    public void A_number_is_read_as_it_was_written()
    {
        byte[] frame = new byte[60];
        (frame[12], frame[14], frame[23], frame[37]) = (8, 0x45, 17, (byte)NumberedFrame.DestinationPort);
        var written = new NumberedFrame(0x01020304, 0x0506, 0x0708090a);
        written.WriteTo(frame.AsSpan(NumberedFrame.HeaderBytes));
        Assert.True(NumberedFrame.TryRead(frame, out NumberedFrame read));
        Assert.Equal(written, read);
    }

    private static (int Received, int Late) Judge(params (ushort Flow, uint Number)[] arrivals)
    {
        var order = new ArrivalOrder();
        order.Begin(7);
        foreach ((ushort flow, uint number) in arrivals) order.Note(new NumberedFrame(7, flow, number));
        return (order.Received, order.Late);
    }
}
