using Xunit;

namespace Appliance.Engine.Tests.Kernels;

public sealed class FrameTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(4, 0, 0));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Prepending_grows_the_frame_at_its_front_and_its_offsets_stay_true()
    {
        Frame frame = Parsed();
        Span<byte> added = frame.Prepend(4);
        Assert.Equal(4, added.Length);
        added.Fill(0xee);
        Assert.Equal((104, 18, 38, FramePool.HeadroomBytes - 4), Where(frame));
        Assert.Equal([0xee, 0xee, 0xee, 0xee, 0, 1, 2], frame.Bytes[..7].ToArray());
        Assert.Equal((byte)14, frame.Datagram[0]);
        Assert.Equal(60, frame.Datagram.Length);
    }

    [Fact]
    public void Trimming_takes_bytes_off_the_front_and_its_offsets_stay_true()
    {
        Frame frame = Parsed();
        frame.TrimStart(4);
        Assert.Equal((96, 10, 30, FramePool.HeadroomBytes + 4), Where(frame));
        Assert.Equal((byte)4, frame.Bytes[0]);
        Assert.Equal((byte)14, frame.Datagram[0]);
    }

    [Fact]
    public void Any_sequence_of_both_keeps_the_datagram_where_it_is()
    {
        var random = new Random(128);
        Frame frame = Parsed();
        byte[] datagram = frame.Datagram.ToArray();
        int transport = frame.Info.TransportOffset - frame.Info.NetworkOffset;
        for (int i = 0; i < 10_000; i++)
        {
            if (random.Next(2) == 0) frame.Prepend(random.Next(frame.Headroom + 1));
            else frame.TrimStart(random.Next(frame.Info.NetworkOffset + 1));
            Assert.Equal(datagram, frame.Datagram.ToArray());
            Assert.Equal(transport, frame.Info.TransportOffset - frame.Info.NetworkOffset);
            Assert.Equal(FramePool.HeadroomBytes + 100, frame.Headroom + frame.Length);
        }
    }

    [Fact]
    public void The_room_reaches_to_the_slots_end_and_a_length_within_it_makes_the_frame()
    {
        Frame frame = Parsed();
        Assert.Equal((2 << 10) - FramePool.HeadroomBytes, frame.Room.Length);
        frame.SetLength(frame.Room.Length);
        Assert.Equal(frame.Room.Length, frame.Bytes.Length);
        frame.SetLength(0);
        Assert.True(frame.Bytes.IsEmpty);
    }

    [Fact]
    public void Handles_are_equal_when_they_are_of_the_same_slot()
    {
        Frame one = Parsed(), other = Parsed(), same = one;
        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.True(one != other && !one.Equals(other) && !one.Equals(null));
        Assert.True(default(Frame).IsNull && !one.IsNull);
    }

    /// <summary>100 bytes 0, 1, 2, …: an Ethernet header of 14, an IP header of 20, a datagram of 60 in all, and padding.</summary>
    private Frame Parsed()
    {
        Assert.True(_pool.TryRent(100, out Frame frame));
        for (int i = 0; i < 100; i++)
            frame.Bytes[i] = (byte)i;
        ref FrameInfo info = ref frame.Info;
        (info.NetworkOffset, info.TransportOffset, info.DatagramLength) = (14, 34, 60);
        return frame;
    }

    private static (int Length, int Network, int Transport, int Headroom) Where(Frame frame) =>
        (frame.Length, frame.Info.NetworkOffset, frame.Info.TransportOffset, frame.Headroom);
}
