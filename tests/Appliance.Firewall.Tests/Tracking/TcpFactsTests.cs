using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class TcpFactsTests
{
    [Fact]
    public void Data_offset_beyond_the_segment_is_refused()
    {
        int taken = 0;
        for (int offset = 0; offset < 16; offset++)
        {
            for (int payload = 0; payload <= 40; payload++)
            {
                var bytes = new byte[20 + payload];
                new TcpFields { SequenceNumber = 7, Flags = TcpFlags.Syn | TcpFlags.Ack, Window = 9 }.WriteTo(bytes);
                bytes.AsSpan(20).Fill(1);                               // no-operations, should they be options
                bytes[12] = (byte)(offset << 4);
                bool isWhole = offset >= 5 && offset * 4 <= bytes.Length;
                Assert.Equal(isWhole, TcpSegmentFacts.TryRead(bytes, out TcpSegmentFacts facts));
                if (!isWhole) continue;
                Assert.Equal(bytes.Length - (offset * 4), facts.PayloadBytes);
                taken++;
            }
        }

        Assert.Equal(41 + 37 + 33 + 29 + 25 + 21 + 17 + 13 + 9 + 5 + 1, taken);
    }

    [Fact]
    public void Fewer_bytes_than_a_header_are_refused()
    {
        for (int length = 0; length < 20; length++)
            Assert.False(TcpSegmentFacts.TryRead(new byte[length], out _));
    }

    [Fact]
    public void Options_of_a_syn_are_read_and_of_others_not()
    {
        byte[] options = [2, 4, 5, 180, 1, 3, 3, 20];                   // MSS 1460, a scale over 14
        var bytes = new byte[28];
        options.CopyTo(new TcpFields { Flags = TcpFlags.Syn, OptionsLength = 8 }.WriteTo(bytes).Options);
        Assert.True(TcpSegmentFacts.TryRead(bytes, out TcpSegmentFacts syn));
        Assert.Equal((1460, true, 14), (syn.MaxSegment, syn.HasWindowScale, syn.WindowScale));
        bytes[13] = (byte)TcpFlags.Ack;
        Assert.True(TcpSegmentFacts.TryRead(bytes, out TcpSegmentFacts ack));
        Assert.Equal((0, false), (ack.MaxSegment, ack.HasWindowScale));
    }
}
