using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// "Routing alone changes nothing in a forwarded frame but the Ethernet addresses, the hop limit and the IPv4 header checksum."
/// </summary>
public sealed class ForwardedFrameTests : IDisposable
{
    private readonly Box _box = new(Boxes.Edge);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1472)]
    public void Ipv4_changes_only_its_ethernet_addresses_hop_limit_and_header_checksum(int payload) =>
        MustForwardAsTheTwin(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1000, 53, payload), ip => ip with
        {
            DifferentiatedServices = 0xb9,
            Identification = 0xbeef,
            DontFragment = true,
            ReservedFlag = true,
        }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1452)]
    public void Ipv6_changes_only_its_ethernet_addresses_and_hop_limit(int payload) =>
        MustForwardAsTheTwin(TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1000, 53, payload), ip => ip with
        {
            TrafficClass = 0xb9,
            FlowLabel = 0xabcde,
        }));

    [Fact]
    public void Every_hop_limit_above_one_is_spent_by_one()
    {
        for (int hops = 2; hops <= 255; hops++)
        {
            byte limit = (byte)hops;
            MustForwardAsTheTwin(
                TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), ip => ip with { TimeToLive = limit }));
            MustForwardAsTheTwin(
                TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2), ip => ip with { HopLimit = limit }));
        }
    }

    [Fact]
    public void The_checksum_is_right_for_every_identification()
    {
        byte[][] frames = [.. Enumerable.Range(0, 65536).Select(id => TestFrames.Ipv4(
            Boxes.LanHost, Boxes.Outside, TestTransport.Raw(IpProtocol.Gre), ip => ip with { Identification = (ushort)id }))];
        byte[][] left = _box.Send("lan", frames).LeftBy("wan");
        Assert.Equal(frames.Length, left.Length);
        for (int i = 0; i < frames.Length; i++)
            Assert.Equal(ForwardingTwin.Forward(frames[i], Boxes.WanMac, Boxes.Gateway), left[i]);
    }

    [Fact]
    public void A_zero_checksum_written_as_all_ones_is_taken_and_comes_out_right()
    {
        // The identification is chosen so that the header sums to all ones without its checksum.
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw(IpProtocol.Gre));
        ushort checksum = (ushort)((frame[24] << 8) | frame[25]);
        byte[] zero = TestFrames.WithIpv4(frame, 4, (byte)(checksum >> 8), (byte)checksum);
        Assert.Equal(0, (zero[24] << 8) | zero[25]);
        byte[] expected = ForwardingTwin.Forward(zero, Boxes.WanMac, Boxes.Gateway);
        Assert.Equal(expected, _box.Send("lan", zero).Forwarded("wan"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.With(zero, 24, 0xff, 0xff)).Forwarded("wan"));
    }

    [Fact]
    public void Bytes_behind_the_datagram_are_cut()
    {
        byte[] v4 = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 3));
        byte[] v6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 3));
        Assert.Equal(14 + 20 + 8 + 3, _box.Send("lan", TestFrames.Padded(v4)).Forwarded("wan").Length);
        Assert.Equal(14 + 40 + 8 + 3, _box.Send("lan", TestFrames.Padded(v6, 1514)).Forwarded("wan").Length);
        MustForwardAsTheTwin([.. v4, 0xde, 0xad, 0xbe, 0xef]);
        MustForwardAsTheTwin([.. v6, 0xde, 0xad, 0xbe, 0xef]);
    }

    [Fact]
    public void A_bad_transport_checksum_is_forwarded_as_it_came()
    {
        foreach (TestTransport transport in new[] { TestTransport.Udp(1, 2, 5), TestTransport.Tcp(1, 2, TcpFlags.Ack, 5),
            TestTransport.EchoRequest(7) })
        {
            byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, transport);
            frame[^1] ^= 0x55;
            MustForwardAsTheTwin(frame);
        }

        byte[] v6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 5));
        v6[^1] ^= 0x55;
        MustForwardAsTheTwin(v6);
    }

    [Fact]
    public void A_udp_datagram_without_checksum_stays_without() =>
        MustForwardAsTheTwin(TestFrames.With(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 5)), 14 + 20 + 6, 0, 0));

    [Theory]
    [InlineData(new byte[] { 0x07, 0x07, 0x04, 0, 0, 0, 0, 0 })]                    // record route
    [InlineData(new byte[] { 0x44, 0x0c, 0x05, 0, 1, 2, 3, 4, 0, 0, 0, 0 })]        // timestamp
    [InlineData(new byte[] { 0x94, 0x04, 0, 0 })]                                   // router alert
    [InlineData(new byte[] { 0x01, 0x01, 0x01, 0x00 })]                             // no operation, end
    [InlineData(new byte[] { 0xde, 0x03, 0x55, 0x00 })]                             // nobody knows
    public void Ipv4_options_pass_untouched(byte[] options) =>
        MustForwardAsTheTwin(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 9), edit: null, options));

    [Fact]
    public void Extension_headers_pass_untouched()
    {
        TestExtension[][] chains =
        [
            [TestExtension.HopByHop],
            [TestExtension.DestinationOptions(3)],
            [TestExtension.Routing(2, 1)],
            [TestExtension.Routing(4, 0), TestExtension.DestinationOptions()],
            [TestExtension.Authentication()],
            [TestExtension.HopByHop, TestExtension.DestinationOptions(), TestExtension.Routing(3), TestExtension.Fragment(0, more: false)],
            [TestExtension.Fragment(0, more: true)],
            [TestExtension.Fragment(1232, more: false)],
        ];
        foreach (TestExtension[] chain in chains)
            MustForwardAsTheTwin(TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 16), edit: null, chain));
    }

    [Theory]
    [InlineData(IpProtocol.Gre)]
    [InlineData(IpProtocol.Esp)]
    [InlineData((IpProtocol)254)]
    public void Any_protocol_is_forwarded(IpProtocol protocol)
    {
        MustForwardAsTheTwin(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw(protocol, TestTransport.Pattern(40))));
        MustForwardAsTheTwin(TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Raw(protocol, TestTransport.Pattern(40))));
    }

    [Fact]
    public void A_transport_header_that_is_not_all_there_is_forwarded()
    {
        for (int length = 0; length < 20; length++)
        {
            MustForwardAsTheTwin(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw(IpProtocol.Tcp, new byte[length])));
            MustForwardAsTheTwin(TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Raw(IpProtocol.Udp, new byte[length])));
        }
    }

    [Fact]
    public void Fragments_are_forwarded_like_any_datagram()
    {
        MustForwardAsTheTwin(
            TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 16), ip => ip with { MoreFragments = true }));
        MustForwardAsTheTwin(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Raw(IpProtocol.Udp, 1, 2, 3), ip => ip with
        {
            FragmentOffsetBytes = 65_528,
        }));
    }

    [Fact]
    public void A_frame_leaves_by_the_port_it_came_in_by_when_its_route_says_so()
    {
        byte[] frame = TestFrames.Ipv4("192.168.1.10", "192.168.1.11", TestTransport.Udp(1, 2, 3));
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.LanMac, Boxes.InventedFor("192.168.1.11"));
        Assert.Equal(expected, _box.Send("lan", frame).Forwarded("lan"));
    }

    [Fact]
    public void The_sender_and_receiver_macs_of_the_ingress_link_do_not_matter()
    {
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 3));
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.Gateway);
        byte[] strangers = TestFrames.WithMacs(frame, new MacAddress(0x0acc_dd00_1122), new MacAddress(0x0600_0000_0000));
        Assert.Equal(expected, _box.Send("lan", strangers).Forwarded("wan"));
    }

    [Fact]
    public void The_longest_datagram_arrives_whole_at_a_port_and_is_counted_with_all_its_bytes()
    {
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 65_507));
        Seen seen = _box.Send("lan", frame);
        Assert.Equal(65_549, seen.At("lan").BytesIn);
        Assert.Equal(45, seen.LeftBy("wan").Length);            // 65,515 bytes of payload in fragments of 1480
    }

    private void MustForwardAsTheTwin(byte[] frame) =>
        Assert.Equal(ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.Gateway), _box.Send("lan", frame).Forwarded("wan"));
}
