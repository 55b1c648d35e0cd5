using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>What is no forwardable frame at all: its Ethernet header, its type, its source route.</summary>
public sealed class FrameAdmissionTests : IDisposable
{
    private static readonly byte[] V4 = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));
    private static readonly byte[] V6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2));

    private readonly Box _box = new(Boxes.Edge);

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Unicast_in_a_group_addressed_frame_is_not_forwarded()
    {
        foreach (byte[] frame in new[] { V4, V6 })
        {
            _box.Send("lan", TestFrames.WithMacs(frame, MacAddress.Broadcast, TestFrames.Host)).MustBeDropped("l2-group");
            _box.Send("lan", TestFrames.WithMacs(frame, new MacAddress(0x0100_5e00_0001), TestFrames.Host)).MustBeDropped("l2-group");
            _box.Send("lan", TestFrames.WithMacs(frame, new MacAddress(0x0200_5e00_0001), TestFrames.Host)).Forwarded("wan");
        }
    }

    [Fact]
    public void Unicast_to_the_appliance_in_a_group_addressed_frame_is_not_answered()
    {
        byte[] echo = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1));
        _box.Send("lan", TestFrames.WithMacs(echo, MacAddress.Broadcast, TestFrames.Host)).MustBeDropped("l2-group");
        byte[] echoV6 = TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1));
        _box.Send("lan", TestFrames.WithMacs(echoV6, new MacAddress(0x3333_0000_0001), TestFrames.Host)).MustBeDropped("l2-group");
    }

    [Fact]
    public void A_frame_from_the_ports_own_address_came_back_and_is_dropped()
    {
        _box.Send("lan", TestFrames.WithMacs(V4, TestFrames.Router, Boxes.LanMac)).MustBeDropped("own-source");
        _box.Send("lan", TestFrames.WithMacs(V4, MacAddress.Broadcast, Boxes.LanMac)).MustBeDropped("own-source");
        _box.Send("lan", TestFrames.WithMacs(V4, TestFrames.Router, Boxes.WanMac)).Forwarded("wan");
    }

    [Fact]
    public void Any_unicast_destination_mac_is_the_ports_unless_it_is_strict()
    {
        byte[] toOther = TestFrames.WithMacs(V4, new MacAddress(0x0200_1234_5678), TestFrames.Host);
        byte[] toWan = TestFrames.WithMacs(V4, Boxes.WanMac, TestFrames.Host);
        _box.Send("lan", toOther).Forwarded("wan");
        _box.Send("lan", toWan).Forwarded("wan");

        using var strict = new Box(Boxes.Edge, edit: options => options with { StrictMac = true });
        strict.Send("lan", toOther).MustBeDropped("not-for-us");
        strict.Send("lan", toWan).MustBeDropped("not-for-us");
        strict.Send("lan", TestFrames.WithMacs(V4, Boxes.LanMac, TestFrames.Host)).Forwarded("wan");
        strict.Send("lan", TestFrames.WithMacs(V4, MacAddress.Broadcast, TestFrames.Host)).MustBeDropped("l2-group");
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0026)]                    // a length: LLC
    [InlineData(0x0801)]
    [InlineData(0x8035)]                    // RARP
    [InlineData(0x8847)]                    // MPLS
    [InlineData(0x8864)]                    // PPPoE
    [InlineData(0x88cc)]                    // LLDP
    [InlineData(0xffff)]
    public void What_is_neither_IP_nor_ARP_is_not_forwarded(int type) =>
        _box.Send("lan", TestFrames.Ethernet((EtherType)type, TestTransport.Pattern(46))).MustBeDropped("ethertype");

    [Theory]
    [InlineData(0x83, "source-route")]      // loose
    [InlineData(0x89, "source-route")]      // strict
    [InlineData(0x07, null)]                // record route
    [InlineData(0x88, null)]                // stream identifier
    public void Ipv4_source_routes_are_refused(int option, string? reason)
    {
        byte[] options = [(byte)option, 7, 4, 192, 0, 2, 1, 0];
        MustEnd(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), edit: null, options), reason);
        MustEnd(TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), edit: null, [1, 1, 1, 1, .. options]), reason);
    }

    [Fact]
    public void A_source_route_is_refused_even_to_the_appliance_itself()
    {
        byte[] option = [0x83, 7, 4, 192, 0, 2, 1, 0];
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1), edit: null, option)).MustBeDropped("source-route");
        _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1), edit: null, TestExtension.Routing(0)))
            .MustBeDropped("source-route");
    }

    [Fact]
    public void An_octet_of_a_source_route_behind_the_end_of_options_is_none()
    {
        byte[] options = [0, 0x83, 7, 4, 192, 0, 2, 1];
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), edit: null, options)).Forwarded("wan");
    }

    [Theory]
    [InlineData(0, 0, "source-route")]
    [InlineData(0, 1, "source-route")]
    [InlineData(2, 1, null)]
    [InlineData(3, 1, null)]
    [InlineData(4, 1, null)]
    [InlineData(253, 0, null)]
    public void Only_routing_headers_of_type_0_are_refused(int type, int segmentsLeft, string? reason)
    {
        var routing = TestExtension.Routing((byte)type, (byte)segmentsLeft);
        MustEnd(TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2), edit: null, routing), reason);
        MustEnd(TestFrames.Ipv6(
            Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2), edit: null, TestExtension.HopByHop, TestExtension.Routing(4),
                routing), reason);
    }

    [Fact]
    public void The_header_checksum_is_always_checked()
    {
        for (int bit = 0; bit < 16; bit++)
        {
            byte[] frame = [.. V4];
            frame[24 + (bit >> 3)] ^= (byte)(1 << (bit & 7));
            _box.Send("lan", frame).MustBeDropped("bad-ip-checksum");
        }
    }

    [Fact]
    public void What_ends_before_its_headers_say_is_short()
    {
        for (int length = 0; length < V4.Length; length++)
            _box.Send("lan", V4[..length]).MustBeDropped("short");
        for (int length = 0; length < V6.Length; length++)
            _box.Send("lan", V6[..length]).MustBeDropped("short");
    }

    [Fact]
    public void Headers_that_contradict_themselves_are_refused()
    {
        _box.Send("lan", TestFrames.WithIpv4(V4, 0, 0x65)).MustBeDropped("ip-header");                 // version 6 under an IPv4 type
        _box.Send("lan", TestFrames.WithIpv4(V4, 0, 0x44)).MustBeDropped("ip-header");                 // a header of 16 bytes
        _box.Send("lan", TestFrames.WithIpv4(V4, 2, 0, 19)).MustBeDropped("ip-header");                // a total length below the header's
        _box.Send("lan", TestFrames.With(V6, 14, 0x45)).MustBeDropped("ip-header");
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), edit: null, 7, 0, 0, 0)).MustBeDropped("ip-header");
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2), edit: null, 7, 5, 0, 0)).MustBeDropped("ip-header");
    }

    private void MustEnd(byte[] frame, string? reason)
    {
        Seen seen = _box.Send("lan", frame);
        if (reason is null) Assert.Equal(ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.Gateway), seen.Forwarded("wan"));
        else seen.MustBeDropped(reason);
    }
}
