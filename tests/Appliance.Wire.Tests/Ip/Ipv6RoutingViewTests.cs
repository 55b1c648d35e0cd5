using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

/// <summary>RFC 8200 §4.4.</summary>
public sealed class Ipv6RoutingViewTests
{
    // tcpdump's ipv6-srh-ext-header.pcap, frame 1: segment routing by two segments, IPv6 behind.
    private const string SegmentRouting =
        "29 04 04 01 01000000 000a000b000c000300000000000000d6 000a000b000c00020000000000f10000" + "600889ad";

    // tcpdump's ipv6-routing-header.pcap, frame 1: a source route of one address, ICMPv6 behind.
    private const string SourceRoute = "3a 02 00 01 00000000 22000000000002100002000000000004" + "8000d3ab";

    [Fact]
    public void Every_field_of_a_segment_routing_header_is_read()
    {
        Assert.True(Ipv6RoutingView.TryParse(Hex.Bytes(SegmentRouting), out Ipv6RoutingView view));
        Assert.Equal(IpProtocol.Ipv6, view.NextHeader);
        Assert.Equal(40, view.HeaderLength);
        Assert.Equal(4, view.RoutingType);
        Assert.Equal(1, view.SegmentsLeft);
        Assert.Equal(
            "01000000" + "000a000b000c000300000000000000d6" + "000a000b000c00020000000000f10000",
            Convert.ToHexStringLower(view.TypeSpecificData));
    }

    [Fact]
    public void Every_field_of_a_source_route_is_read()
    {
        Assert.True(Ipv6RoutingView.TryParse(Hex.Bytes(SourceRoute), out Ipv6RoutingView view));
        Assert.Equal(IpProtocol.Icmpv6, view.NextHeader);
        Assert.Equal(24, view.HeaderLength);
        Assert.Equal(0, view.RoutingType);
        Assert.Equal(1, view.SegmentsLeft);
        Assert.Equal("2200::210:2:0:0:4", Ipv6Address.Read(view.TypeSpecificData[4..]).ToString());
        Assert.Equal(20, view.TypeSpecificData.Length);
    }

    /// <summary>"Length of the Routing header in 8-octet units, not including the first 8 octets."</summary>
    [Fact]
    public void Every_length_octet_is_taken_when_all_of_it_is_there_and_refused_one_byte_short()
    {
        byte[] bytes = new byte[2048];
        for (int units = 0; units <= byte.MaxValue; units++)
        {
            bytes[1] = (byte)units;
            int length = 8 + (8 * units);
            Assert.True(Ipv6RoutingView.TryParse(bytes.AsSpan(0, length), out Ipv6RoutingView view));
            Assert.Equal((length, length - 4), (view.HeaderLength, view.TypeSpecificData.Length));
            Assert.False(Ipv6RoutingView.TryParse(bytes.AsSpan(0, length - 1), out _));
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        Truncation.IsRefused<Ipv6RoutingView>(Ipv6RoutingView.TryParse, Hex.Bytes(SegmentRouting), 40);
        Truncation.IsRefused<Ipv6RoutingView>(Ipv6RoutingView.TryParse, Hex.Bytes(SourceRoute), 24);
        Truncation.IsRefused<Ipv6RoutingView>(Ipv6RoutingView.TryParse, Hex.Bytes("3b 00 04 00 00000000"), Ipv6RoutingView.MinHeaderLength);
    }

    [Fact]
    public void Segments_left_that_the_header_has_no_room_for_are_told_as_they_stand()
    {
        Assert.True(Ipv6RoutingView.TryParse(Hex.Bytes("3b 00 02 ff 00000000"), out Ipv6RoutingView view));
        Assert.Equal((byte.MaxValue, 4), (view.SegmentsLeft, view.TypeSpecificData.Length));
    }
}
