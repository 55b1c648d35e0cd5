using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

public sealed class Ipv6ParsingTests : IDisposable
{
    private const string Source = "2001:db8::1", Destination = "2001:db8:1::2";
    private static readonly TestTransport Udp = TestTransport.Udp(1000, 53, 8);
    private static readonly byte[] Sound = TestFrames.Ipv6(Source, Destination, Udp);
    private readonly ParseRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_sound_datagram_is_found_without_the_padding_behind_it()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Padded(Sound, 100));
        Assert.Equal((NetworkKind.Ipv6, EtherType.Ipv6, IpProtocol.Udp), (info.Network, info.EtherType, info.Protocol));
        Assert.Equal((14, 54, 56), (info.NetworkOffset, info.TransportOffset, info.DatagramLength));
        Assert.Equal((FrameTraits.Ports, (ushort)1000, (ushort)53), (info.Traits, info.SourcePort, info.DestinationPort));
    }

    [Fact]
    public void A_datagram_cut_anywhere_is_short()
    {
        byte[] frame = TestFrames.Ipv6(Source, Destination, Udp, null, TestExtension.HopByHop, TestExtension.Routing(2));
        for (int length = 14; length < frame.Length; length++)
            Assert.Equal(DropReason.Short, _rig.Parse(frame[..length]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(15)]
    public void Another_version_contradicts_the_type(byte version) =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.With(Sound, 14, (byte)(version << 4))));

    [Theory]
    [InlineData(17)]
    [InlineData(65535)]
    public void A_payload_length_beyond_the_bytes_is_short(ushort payload) =>
        Assert.Equal(DropReason.Short, _rig.Parse(TestFrames.With(Sound, 18, (byte)(payload >> 8), (byte)payload)));

    [Fact]
    public void The_checks_stand_in_their_order() =>
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.With(TestFrames.With(Sound, 18, 0xff, 0xff), 14, 0x40)));

    [Fact]
    public void A_datagram_may_be_its_header_alone()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Ipv6(Source, Destination, TestTransport.Raw(IpProtocol.NoNextHeader)));
        Assert.Equal((54, 40, IpProtocol.NoNextHeader), (info.TransportOffset, info.DatagramLength, info.Protocol));
        Assert.Equal(FrameTraits.None, info.Traits);
    }

    [Fact]
    public void The_longest_datagram_is_found() =>
        Assert.Equal(65_575, _rig.ParseSound(TestFrames.Ipv6(Source, Destination, TestTransport.Udp(1, 2, 65_527))).DatagramLength);

    [Fact]
    public void Extension_headers_of_every_kind_are_passed_over()
    {
        byte[] frame = TestFrames.Ipv6(
            Source, Destination, Udp, null,
            TestExtension.HopByHop, TestExtension.DestinationOptions(3), TestExtension.Routing(4), TestExtension.Authentication(4),
            TestExtension.Fragment(0, more: false), new TestExtension(IpProtocol.Mobility, new byte[8]),
            new TestExtension(IpProtocol.HostIdentity, new byte[8]), new TestExtension(IpProtocol.Shim6, new byte[8]));
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal(54 + 8 + 24 + 8 + 28 + 8 + 8 + 8 + 8, info.TransportOffset);
        Assert.Equal(
            (IpProtocol.Udp, FrameTraits.Ports | FrameTraits.Options | FrameTraits.RoutingHeader), (info.Protocol, info.Traits));
        Assert.Equal((1000, 53), (info.SourcePort, info.DestinationPort));
    }

    [Fact]
    public void An_upper_protocol_that_nobody_knows_ends_the_walk()
    {
        foreach (IpProtocol protocol in new[] { IpProtocol.Esp, IpProtocol.Gre, IpProtocol.Ipv6, (IpProtocol)253 })
        {
            FrameInfo info = _rig.ParseSound(TestFrames.Ipv6(Source, Destination, TestTransport.Raw(protocol, new byte[20])));
            Assert.Equal((protocol, 54, FrameTraits.None), (info.Protocol, info.TransportOffset, info.Traits));
        }
    }

    [Fact]
    public void An_extension_chain_beyond_the_datagram_is_short_although_the_padding_would_hold_it()
    {
        TestTransport nothing = TestTransport.Raw(IpProtocol.NoNextHeader);
        TestExtension options = TestExtension.DestinationOptions(2);
        byte[] frame = TestFrames.Ipv6(Source, Destination, nothing, ip => ip with { PayloadLength = 8 }, options);
        Assert.Equal(DropReason.Short, _rig.Parse(frame));
        Assert.Equal(DropReason.None, _rig.Parse(TestFrames.Ipv6(Source, Destination, nothing, null, options)));
    }

    [Theory]
    [InlineData(IpProtocol.HopByHop)]
    [InlineData(IpProtocol.Routing)]
    [InlineData(IpProtocol.Fragment)]
    [InlineData(IpProtocol.DestinationOptions)]
    [InlineData(IpProtocol.AuthenticationHeader)]
    public void A_promised_extension_header_that_is_not_there_is_short(IpProtocol extension)
    {
        for (int length = 0; length < 8; length++)
        {
            TestTransport cut = TestTransport.Raw(extension, new byte[length]);
            Assert.Equal(DropReason.Short, _rig.Parse(TestFrames.Ipv6(Source, Destination, cut)));
        }
    }

    [Fact]
    public void Sixty_four_extension_headers_are_passed_over_and_one_more_contradicts_all_sense()
    {
        TestExtension[] chain = [.. Enumerable.Repeat(TestExtension.DestinationOptions(), 64)];
        Assert.Equal(54 + (64 * 8), _rig.ParseSound(TestFrames.Ipv6(Source, Destination, Udp, null, chain)).TransportOffset);
        chain = [.. chain, TestExtension.DestinationOptions()];
        Assert.Equal(DropReason.IpHeader, _rig.Parse(TestFrames.Ipv6(Source, Destination, Udp, null, chain)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void A_routing_header_is_a_source_route_by_its_type_alone(byte type, bool isSourceRoute)
    {
        foreach (byte segmentsLeft in new byte[] { 0, 1 })
        {
            FrameInfo info = _rig.ParseSound(TestFrames.Ipv6(Source, Destination, Udp, null, TestExtension.Routing(type, segmentsLeft)));
            Assert.Equal(isSourceRoute, (info.Traits & FrameTraits.SourceRoute) != FrameTraits.None);
            Assert.Equal((62, (ushort)53), (info.TransportOffset, info.DestinationPort));
        }
    }

    [Fact]
    public void A_source_route_behind_another_routing_header_is_found_too()
    {
        byte[] frame = TestFrames.Ipv6(Source, Destination, Udp, null, TestExtension.Routing(2), TestExtension.Routing(0));
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal(FrameTraits.Ports | FrameTraits.Options | FrameTraits.RoutingHeader | FrameTraits.SourceRoute, info.Traits);
    }

    [Theory]
    [InlineData(0, false, FrameTraits.Ports)]                                   // an atomic fragment is whole: RFC 6946
    [InlineData(0, true, FrameTraits.Ports | FrameTraits.FirstFragment)]
    [InlineData(8, true, FrameTraits.LaterFragment)]
    [InlineData(8, false, FrameTraits.LaterFragment)]
    [InlineData(65_528, false, FrameTraits.LaterFragment)]
    public void Fragments_are_told_apart_and_only_the_first_has_ports(int offset, bool more, FrameTraits traits)
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Ipv6(Source, Destination, Udp, null, TestExtension.Fragment(offset, more)));
        bool hasPorts = (traits & FrameTraits.Ports) != FrameTraits.None;
        Assert.Equal(traits | FrameTraits.Options, info.Traits);
        Assert.Equal((hasPorts ? 1000 : 0, hasPorts ? 53 : 0), (info.SourcePort, info.DestinationPort));
        Assert.Equal((62, IpProtocol.Udp), (info.TransportOffset, info.Protocol));
    }

    [Fact]
    public void What_follows_a_later_fragments_header_is_no_header_whatever_its_number()
    {
        TestTransport middle = TestTransport.Raw(IpProtocol.Routing, 0, 255, 0, 0, 0, 0, 0, 0);
        byte[] frame = TestFrames.Ipv6(Source, Destination, middle, null, TestExtension.Fragment(8, more: true));
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal((62, IpProtocol.Routing), (info.TransportOffset, info.Protocol));
        Assert.Equal(FrameTraits.Options | FrameTraits.LaterFragment, info.Traits);
    }
}
