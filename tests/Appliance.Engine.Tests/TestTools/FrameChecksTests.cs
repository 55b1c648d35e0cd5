using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;
using Xunit.Sdk;
using static Appliance.Testing.FrameChecks;

namespace Appliance.Engine.Tests.TestTools;

/// <summary>The tools that other tests lean on: frames made by hand are right, and checks fail where they ought to.</summary>
public sealed class FrameChecksTests
{
    private static readonly Ipv4Fields Ip = new()
    {
        TimeToLive = 64,
        Protocol = IpProtocol.Udp,
        Source = TestFrames.V4("192.0.2.1"),
        Destination = TestFrames.V4("198.51.100.2"),
        PayloadLength = 12,
    };

    private static readonly EthernetFields Link = new(TestFrames.Router, TestFrames.Host, EtherType.Ipv4);
    private static readonly byte[] Frame = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, 4));

    [Fact]
    public void A_frame_is_checked_header_by_header()
    {
        FrameCheck ip = Ipv4(Ip, Udp(new UdpFields(1000, 53, 4), Bytes([0, 1, 2, 3])));
        Frame.Must(Ethernet(Link, ip), ChecksumsAreRight);
        TestFrames.Tagged(Frame, 5).Must(
            Ethernet(Link with { EtherType = EtherType.Vlan }, Tag(new VlanTagFields(0, false, 5, EtherType.Ipv4), ip)), ChecksumsAreRight);
    }

    [Fact]
    public void Any_difference_in_any_header_fails()
    {
        FrameCheck[] wrong =
        [
            Ethernet(Link with { Source = TestFrames.Router }),
            Ethernet(Link, Ipv4(Ip with { TimeToLive = 63 })),
            Ethernet(Link, Ipv4(Ip, Udp(new UdpFields(1000, 54, 4)))),
            Ethernet(Link, Ipv4(Ip, Udp(new UdpFields(1000, 53, 4), Bytes([0, 1, 2])))),
            Ethernet(Link, Ipv4(Ip, Tcp(default))),
            Ethernet(Link, Ipv6(default)),
            Ethernet(Link, Arp(default)),
            Ethernet(Link, Ipv4(Ip, Icmp(8, 0, 0))),
        ];
        Assert.All(wrong, check => Assert.ThrowsAny<XunitException>(() => Frame.Must(check)));
        Assert.ThrowsAny<XunitException>(() => Frame[..13].Must(Ethernet(Link)));
        Assert.ThrowsAny<XunitException>(() => Frame[..45].Must(Ethernet(Link, Ipv4(Ip))));
    }

    public static TheoryData<byte[]> SoundFrames => new(
        Frame,
        TestFrames.Padded(TestFrames.Tagged(Frame, 5, 7), 100),
        TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Tcp(1, 2, TcpFlags.Ack, 7), null, 148, 4, 0, 0),
        TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.EchoRequest(9)),
        TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2, 5), null, TestExtension.HopByHop, TestExtension.Routing(4)),
        TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Tcp(1, 2)),
        TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.EchoReplyV6(9)));

    [Theory]
    [MemberData(nameof(SoundFrames))]
    public void Frames_made_by_hand_have_right_checksums_and_a_bit_flipped_in_the_transport_makes_them_wrong(byte[] frame)
    {
        frame.Must(ChecksumsAreRight);
        int last = frame.AsSpan().LastIndexOfAnyExcept((byte)0);
        Assert.ThrowsAny<XunitException>(() => TestFrames.With(frame, last, (byte)(frame[last] ^ 1)).Must(ChecksumsAreRight));
    }

    [Fact]
    public void A_header_checksum_gone_wrong_is_found_and_made_right_again()
    {
        byte[] wrong = TestFrames.With(Frame, 14 + 8, 63);
        Assert.ThrowsAny<XunitException>(() => wrong.Must(ChecksumsAreRight));
        TestFrames.WithIpv4(Frame, 8, 63).Must(Ethernet(Link, Ipv4(Ip with { TimeToLive = 63 })), ChecksumsAreRight);
    }

    /// <summary>The example of RFC 1071 §3.</summary>
    [Fact]
    public void The_plain_checksum_gives_the_standards_example() =>
        Assert.Equal(0xddf2, PlainChecksum.Sum(Convert.FromHexString("0001f203f4f5f6f7")));
}
