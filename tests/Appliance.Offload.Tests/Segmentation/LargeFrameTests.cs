using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>Which frames can stand for segments, and which large ones a port that cuts may have whole.</summary>
public sealed class LargeFrameTests
{
    private const PortCapabilities Cutter = PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation;

    private static readonly byte[] Sound = LargeFrameSamples.Tcp4(3000, TcpFlags.Ack);

    [Fact]
    public void A_sound_frame_says_what_it_stands_for()
    {
        using var rig = new SegmentRig();
        Frame frame = rig.Received(Sound);
        Assert.True(LargeFrame.TryDescribe(frame, 1448));
        Assert.Equal((1448, 3, 3162, 1488), (frame.Info.SegmentSize, frame.WireFrames, frame.WireBytes, frame.Info.TrainLargest));
        Assert.True(frame.IsContiguousLarge);
        rig.Return(frame);
    }

    public static TheoryData<string> NotLarge => [.. Refused.Keys];

    private static Dictionary<string, (byte[] Frame, int Size)> Refused { get; } = new(StringComparer.Ordinal)
    {
        ["payload not longer than a segment"] = (Sound, 3000),
        ["segment size zero"] = (Sound, 0),
        ["segment size negative"] = (Sound, -1),
        ["segment size over 16 bits"] = (Sound, 65536),
        ["padding behind the datagram"] = ([.. Sound, 0], 1000),
        ["datagram longer than the frame"] = (Sound[..^1], 1000),
        ["more fragments"] = (TestFrames.WithIpv4(Sound, 6, 0x20, 0), 1000),
        ["a later fragment"] = (TestFrames.WithIpv4(Sound, 6, 0, 1), 1000),
        ["SYN"] = (LargeFrameSamples.Tcp4(3000, TcpFlags.Syn), 1000),
        ["RST"] = (LargeFrameSamples.Tcp4(3000, TcpFlags.Rst | TcpFlags.Ack), 1000),
        ["URG"] = (LargeFrameSamples.Tcp4(3000, TcpFlags.Urg | TcpFlags.Ack), 1000),
        ["TCP header too short"] = (TestFrames.With(Sound, 46, 0x40), 1000),
        ["TCP header over the end"] = (TcpAlone([.. new byte[12], 0xf0, .. new byte[9]]), 1),
        ["IP version"] = (TestFrames.With(Sound, 14, 0x65), 1000),
        ["IP header length"] = (TestFrames.With(Sound, 14, 0x44), 1000),
        ["another ether type"] = (TestFrames.With(Sound, 12, 0x88, 0x99), 1000),
        ["another protocol"] = (TestFrames.Ipv4("192.0.2.1", "192.0.2.2", TestTransport.Icmp(8, 0, 1, new byte[3000])), 1000),
        ["UDP length"] = (TestFrames.With(LargeFrameSamples.Udp4(3000), 38, 0, 100), 1000),
        ["IPv6 fragment header"] = (LargeFrameSamples.Tcp6(3000, TcpFlags.Ack, TestExtension.Fragment(0, more: false)), 1000),
        ["headers over 256 bytes"] = (LargeFrameSamples.Tcp6(3000, TcpFlags.Ack, TestExtension.DestinationOptions(24)), 1000),
        ["a frame of nothing"] = ([], 1000),
        ["an Ethernet header alone"] = (Sound[..14], 1000),
        ["tags without end"] = (TestFrames.Tagged(Sound, [.. Enumerable.Repeat((ushort)5, 17)]), 1000),
    };

    [Theory]
    [MemberData(nameof(NotLarge))]
    public void An_ordinary_frame_it_stays_with(string fault)
    {
        (byte[] bytes, int size) = Refused[fault];
        using var rig = new SegmentRig();
        Frame frame = rig.Received(bytes);
        FrameInfo before = frame.Info;
        Assert.False(LargeFrame.TryDescribe(frame, size));
        Assert.Equal(before, frame.Info);
        rig.Return(frame);
    }

    [Fact]
    public void A_frame_cut_short_anywhere_is_not_large()
    {
        using var rig = new SegmentRig();
        byte[] extended = LargeFrameSamples.Tcp6(300, TcpFlags.Ack, TestExtension.HopByHop);
        foreach (byte[] whole in (byte[][])[Sound, extended, LargeFrameSamples.Udp6(300)])
        {
            for (int length = 0; length < 200; length++)
            {
                Frame frame = rig.Received(whole[..length]);
                Assert.False(LargeFrame.TryDescribe(frame, 10));
                rig.Return(frame);
            }
        }
    }

    [Fact]
    public void A_port_that_cuts_gets_whole_what_it_cuts_alike()
    {
        Assert.True(MayLeave(Sound, ChecksumState.Partial));
        Assert.True(MayLeave(Sound, ChecksumState.Good));
        Assert.False(MayLeave(Sound, ChecksumState.Unknown));
        Assert.False(MayLeave(Sound, ChecksumState.Bad));
        Assert.False(MayLeave(Sound, ChecksumState.Partial, PortCapabilities.UdpSegmentation | PortCapabilities.TransmitChecksum));
        Assert.False(MayLeave(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack | TcpFlags.Cwr), ChecksumState.Partial));
        Assert.False(MayLeave(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack | TcpFlags.Ae), ChecksumState.Partial));
        Assert.False(MayLeave(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack | TcpFlags.Reserved800), ChecksumState.Partial));
        Assert.True(MayLeave(LargeFrameSamples.Tcp4(3000, TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Fin), ChecksumState.Partial));
        byte[] extended = LargeFrameSamples.Tcp6(3000, TcpFlags.Ack, TestExtension.Routing(4, 1));
        Assert.True(MayLeave(extended, ChecksumState.Partial));
        Assert.False(MayLeave(extended, ChecksumState.Good));
        Assert.True(MayLeave(LargeFrameSamples.Udp4(3000), ChecksumState.Partial));
        Assert.False(MayLeave(LargeFrameSamples.Udp4(3000), ChecksumState.Partial, PortCapabilities.Segmentation));
        Assert.False(MayLeave(LargeFrameSamples.Udp4(3000), ChecksumState.Good));
        Assert.False(MayLeave(LargeFrameSamples.Udp4(64_600), ChecksumState.Partial, size: 500));
    }

    private static byte[] TcpAlone(byte[] header) => TestFrames.Ipv4("192.0.2.1", "192.0.2.2", TestTransport.Raw(IpProtocol.Tcp, header));

    private static bool MayLeave(byte[] bytes, ChecksumState state, PortCapabilities port = Cutter, int size = 1000)
    {
        using var rig = new SegmentRig();
        Frame frame = rig.Large(bytes, size, state);
        bool may = LargeFrame.MayLeaveWhole(frame, port);
        rig.Return(frame);
        return may;
    }
}
