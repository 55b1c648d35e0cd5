using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

public sealed class TransportParsingTests : IDisposable
{
    private readonly ParseRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_ports_of_TCP_UDP_and_SCTP_are_found_in_both_families()
    {
        TestTransport[] transports = [TestTransport.Tcp(1000, 80), TestTransport.Udp(1000, 80), TestTransport.Sctp(1000, 80)];
        foreach (TestTransport transport in transports)
        {
            foreach (FrameInfo info in new[] { V4(transport), V6(transport) })
            {
                Assert.Equal((FrameTraits.Ports, (ushort)1000, (ushort)80), (info.Traits, info.SourcePort, info.DestinationPort));
                Assert.Equal(transport.Protocol, info.Protocol);
            }
        }
    }

    [Theory]
    [InlineData(IpProtocol.Tcp)]
    [InlineData(IpProtocol.Udp)]
    [InlineData(IpProtocol.Sctp)]
    public void A_transport_header_cut_within_its_ports_has_none_and_cut_behind_them_has_them(IpProtocol protocol)
    {
        for (int length = 0; length < 8; length++)
        {
            TestTransport transport = TestTransport.Raw(protocol, [.. new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }.Take(length)]);
            foreach (FrameInfo info in new[] { V4(transport), V6(transport) })
            {
                Assert.Equal(length < 4 ? FrameTraits.None : FrameTraits.Ports, info.Traits);
                Assert.Equal(length < 4 ? (0, 0) : (0x0102, 0x0304), (info.SourcePort, info.DestinationPort));
            }
        }
    }

    [Fact]
    public void The_identifier_of_an_echo_stands_for_both_ports()
    {
        FrameInfo[] echoes =
        [
            V4(TestTransport.EchoRequest(0x1234)), V4(TestTransport.EchoReply(0x1234)),
            V6(TestTransport.EchoRequestV6(0x1234)), V6(TestTransport.EchoReplyV6(0x1234)),
        ];
        Assert.All(echoes, info => Assert.Equal(
            (FrameTraits.Ports, (ushort)0x1234, (ushort)0x1234), (info.Traits, info.SourcePort, info.DestinationPort)));
    }

    /// <summary>RFC 1812 §4.3.2.7 and RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem.</summary>
    [Fact]
    public void The_errors_of_ICMP_are_marked_and_no_other_message_is()
    {
        for (int type = 0; type < 256; type++)
        {
            FrameTraits expected = type is 3 or 4 or 5 or 11 or 12 ? FrameTraits.IcmpError
                : type is 0 or 8 ? FrameTraits.Ports : FrameTraits.None;
            Assert.Equal(expected, V4(TestTransport.Icmp((byte)type, 0)).Traits);
        }
    }

    /// <summary>
    /// RFC 4443 §2.1: types below 128 are errors; §2.4 (e.2): a redirect counts as one. RFC 4861 §4: 133 to 137 are neighbour discovery.
    /// </summary>
    [Fact]
    public void The_errors_and_the_neighbour_messages_of_ICMPv6_are_marked_and_no_other_message_is()
    {
        for (int type = 0; type < 256; type++)
        {
            FrameTraits expected = type switch
            {
                < 128 => FrameTraits.IcmpError,
                128 or 129 => FrameTraits.Ports,
                137 => FrameTraits.IcmpError | FrameTraits.NeighborMessage,
                >= 133 and <= 136 => FrameTraits.NeighborMessage,
                _ => FrameTraits.None,
            };
            Assert.Equal(expected, V6(TestTransport.Icmpv6((byte)type, 0)).Traits);
        }
    }

    [Fact]
    public void A_message_too_short_to_tell_is_taken_for_an_error()
    {
        for (int length = 0; length < 8; length++)
        {
            byte[] echo = [.. TestTransport.EchoRequest(7).Bytes.Take(length)];
            byte[] echo6 = [.. TestTransport.EchoRequestV6(7).Bytes.Take(length)];
            Assert.Equal(FrameTraits.IcmpError, V4(TestTransport.Raw(IpProtocol.Icmp, echo)).Traits);
            Assert.Equal(FrameTraits.IcmpError, V6(TestTransport.Raw(IpProtocol.Icmpv6, echo6)).Traits);
        }
    }

    [Fact]
    public void ICMP_of_the_other_family_is_a_protocol_like_any_other()
    {
        Assert.Equal(FrameTraits.None, V4(TestTransport.Raw(IpProtocol.Icmpv6, TestTransport.EchoRequestV6(7).Bytes)).Traits);
        Assert.Equal(FrameTraits.None, V6(TestTransport.Raw(IpProtocol.Icmp, TestTransport.EchoRequest(7).Bytes)).Traits);
    }

    [Theory]
    [InlineData(IpProtocol.Gre, FrameTraits.None)]
    [InlineData(IpProtocol.Esp, FrameTraits.None)]
    [InlineData(IpProtocol.UdpLite, FrameTraits.None)]
    [InlineData(IpProtocol.Carp, FrameTraits.Failover)]
    public void Other_protocols_have_no_ports(IpProtocol protocol, FrameTraits traits)
    {
        TestTransport transport = TestTransport.Raw(protocol, 1, 2, 3, 4, 5, 6, 7, 8);
        foreach (FrameInfo info in new[] { V4(transport), V6(transport) })
            Assert.Equal((traits, 0, 0), (info.Traits, info.SourcePort, info.DestinationPort));
    }

    [Fact]
    public void Bytes_behind_the_datagram_are_no_transport_header()
    {
        byte[] frame = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Raw(IpProtocol.Udp, 1, 2));
        Assert.Equal(FrameTraits.None, _rig.ParseSound([.. frame, 3, 4, 5, 6]).Traits);
    }

    private FrameInfo V4(TestTransport transport) => _rig.ParseSound(TestFrames.Ipv4("192.0.2.1", "198.51.100.2", transport));

    private FrameInfo V6(TestTransport transport) => _rig.ParseSound(TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport));
}
