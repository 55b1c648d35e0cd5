using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class SegmentReaderTests : IDisposable
{
    private readonly FrameRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Frame_is_read_as_its_segment_is()
    {
        var random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 5_000; round++)
        {
            var segment = new byte[random.Next(60)];
            random.NextBytes(segment);
            if (segment.Length > 12 && random.Next(2) == 0) segment[12] = (byte)((random.Next(5, 8) << 4) | (segment[12] & 15));
            Frame frame = _rig.Parsed(TestFrames.Ipv4("10.0.0.1", "192.0.2.1", TestTransport.Raw(Wire.Ip.IpProtocol.Tcp, segment)));
            bool isWhole = TcpSegmentFacts.TryRead(segment, out TcpSegmentFacts expected);
            Assert.Equal(isWhole, SegmentReader.TryRead(frame, out TcpSegmentFacts facts));
            Assert.Equal(expected, facts);
            if (!isWhole) refused++;
            _rig.Take(frame);
        }

        Assert.InRange(refused, 500, 4_500);
    }

    [Fact]
    public void Train_is_read_as_one_long_segment()
    {
        Frame train = _rig.Train(
            Segment(7, TcpFlags.Ack | TcpFlags.Cwr, 100), Segment(107, TcpFlags.Ack, 100), Segment(207, TcpFlags.Ack | TcpFlags.Fin, 30));
        Assert.True(SegmentReader.TryRead(train, out TcpSegmentFacts facts));
        Assert.Equal((7u, 230, TcpFlags.Ack | TcpFlags.Cwr | TcpFlags.Fin), (facts.Sequence, facts.PayloadBytes, facts.Flags));
    }

    private static byte[] Segment(uint sequence, TcpFlags flags, int payload) => TestFrames.Ipv4(
        "10.0.0.1", "192.0.2.1", TestTransport.Tcp(
            new TcpFields { SequenceNumber = sequence, Flags = flags, Window = 9 }, new byte[payload]));
}
