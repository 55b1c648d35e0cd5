using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Engine.Tests.Frames;

/// <summary>Against frames whose checksums were made by the standards' words.</summary>
public sealed class TransportChecksumTests : IDisposable
{
    private readonly FramePool _pool = new(0, new FramePoolSize(8, 0, 0));

    public static TheoryData<byte[], IpProtocol> Frames { get; } = new()
    {
        { Ipv4(TestTransport.Tcp(1000, 80, payloadLength: 33)), IpProtocol.Tcp },
        { Ipv4(TestTransport.Udp(1000, 53, payloadLength: 12)), IpProtocol.Udp },
        { Ipv4(TestTransport.Udp(1000, 53, UdpThatSumsToZero())), IpProtocol.Udp },
        { Ipv4(TestTransport.EchoRequest(7)), IpProtocol.Icmp },
        { Ipv6(TestTransport.Tcp(1000, 80, payloadLength: 33)), IpProtocol.Tcp },
        { Ipv6(TestTransport.Udp(1000, 53, payloadLength: 12)), IpProtocol.Udp },
        { Ipv6(TestTransport.EchoRequestV6(7)), IpProtocol.Icmpv6 },
    };

    public void Dispose() => _pool.Dispose();

    [Theory]
    [MemberData(nameof(Frames))]
    public void What_the_standards_make_is_right_and_a_bit_more_or_less_is_not(byte[] bytes, IpProtocol protocol)
    {
        Frame frame = Made(bytes, protocol);
        Assert.True(TransportChecksum.IsRight(frame));
        for (int i = 0; i < frame.Transport.Length; i++)
        {
            frame.Transport[i] ^= 4;
            Assert.False(TransportChecksum.IsRight(frame));
            frame.Transport[i] ^= 4;
        }
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void What_is_written_is_what_the_standards_make_whatever_stood_there(byte[] bytes, IpProtocol protocol)
    {
        Frame frame = Made(bytes, protocol);
        int at = protocol switch
        {
            IpProtocol.Tcp => 16,
            IpProtocol.Udp => 6,
            _ => 2,
        };
        frame.Transport[at..(at + 2)].Fill(0xa5);
        TransportChecksum.Write(frame);
        Assert.Equal(bytes, frame.Bytes.ToArray());
    }

    private Frame Made(byte[] bytes, IpProtocol protocol)
    {
        Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        bool isV6 = bytes[EthernetView.HeaderLength] >> 4 == 6;
        frame.Info.NetworkOffset = EthernetView.HeaderLength;
        frame.Info.DatagramLength = bytes.Length - EthernetView.HeaderLength;
        frame.Info.TransportOffset = EthernetView.HeaderLength + (isV6 ? Ipv6View.HeaderLength : Ipv4View.MinHeaderLength);
        frame.Info.Network = isV6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4;
        frame.Info.Protocol = protocol;
        return frame;
    }

    private static byte[] Ipv4(TestTransport transport) => TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transport);

    private static byte[] Ipv6(TestTransport transport) => TestFrames.Ipv6("2001:db8::1", "2001:db8:1::2", transport);

    /// <summary>Two bytes with which the checksum of the UDP datagram comes out as zero, and is sent as all ones.</summary>
    private static byte[] UdpThatSumsToZero()
    {
        byte[] without = Ipv4(TestTransport.Udp(1000, 53, new byte[2]));
        return without[^4..^2];                                         // the checksum, before the payload
    }
}
