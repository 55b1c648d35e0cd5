using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

public sealed class LinkParsingTests : IDisposable
{
    private static readonly byte[] Sound = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, 4));
    private static readonly MacAddress Stranger = new(0x0200_0000_0099);
    private readonly ParseRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_frame_shorter_than_an_Ethernet_header_is_short_whatever_it_says()
    {
        for (int length = 0; length < 14; length++)
            Assert.Equal(DropReason.Short, _rig.Parse(Sound[..length]));
    }

    [Fact]
    public void A_frame_from_the_ports_own_address_is_dropped_before_anything_else_is_looked_at()
    {
        Assert.Equal(DropReason.OwnSource, _rig.Parse(TestFrames.WithMacs(Sound, TestFrames.Router, TestFrames.Router)));
        Assert.Equal(DropReason.OwnSource, _rig.Parse(TestFrames.WithMacs(Sound[..14], Stranger, TestFrames.Router)));
        Assert.Equal(DropReason.OwnSource, _rig.Parse(TestFrames.WithMacs(Sound, MacAddress.Broadcast, TestFrames.Router), ParseRig.Any));
    }

    [Fact]
    public void A_frame_to_another_station_is_not_for_us()
    {
        Assert.Equal(DropReason.NotForUs, _rig.Parse(TestFrames.WithMacs(Sound, Stranger, TestFrames.Host)));
        Assert.Equal(DropReason.NotForUs, _rig.Parse(TestFrames.WithMacs(Sound[..14], Stranger, TestFrames.Host)));
    }

    [Fact]
    public void A_port_that_takes_any_destination_takes_that_too()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.WithMacs(Sound, Stranger, TestFrames.Host), ParseRig.Any);
        Assert.Equal(FrameTraits.Ports, info.Traits);
    }

    [Theory]
    [InlineData(0xffff_ffff_ffff)]
    [InlineData(0x0100_5e00_0001)]
    [InlineData(0x3333_0000_0001)]
    public void A_frame_to_a_group_is_marked_and_not_dropped_here(ulong group)
    {
        FrameInfo info = _rig.ParseSound(TestFrames.WithMacs(Sound, new MacAddress(group), TestFrames.Host));
        Assert.Equal(FrameTraits.Ports | FrameTraits.L2Group, info.Traits);
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0026)]            // an 802.3 length: LLC
    [InlineData(1500)]
    [InlineData(0x0801)]
    [InlineData(0x8863)]
    [InlineData(0x88cc)]
    [InlineData(0x9100)]            // a tag that nobody standardized
    [InlineData(0xffff)]
    public void What_is_neither_IP_nor_ARP_is_dropped_by_its_type(ushort type) =>
        Assert.Equal(DropReason.Ethertype, _rig.Parse(TestFrames.Ethernet((EtherType)type, new byte[46])));

    [Fact]
    public void ARP_is_all_that_stands_behind_the_header()
    {
        byte[] frame = TestFrames.Padded(TestFrames.Arp(new ArpFields(ArpOperation.Request, TestFrames.Host, default, default, default)));
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal((NetworkKind.Arp, EtherType.Arp), (info.Network, info.EtherType));
        Assert.Equal((14, 60, 46), (info.NetworkOffset, info.TransportOffset, info.DatagramLength));
        Assert.Equal(DropReason.None, _rig.Parse(frame[..14]));         // what it must hold is for its reader to check
    }

    [Fact]
    public void A_tag_leads_to_its_sub_port_and_counts_there()
    {
        byte[] frame = TestFrames.Tagged(Sound, 5);
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal((ParseRig.Lan5, 18, 38), (info.IngressPort, info.NetworkOffset, info.TransportOffset));
        Assert.Equal(FrameTraits.Ports | FrameTraits.Tagged, info.Traits);
        Assert.Equal(new PortCounters { FramesIn = 1, BytesIn = frame.Length }, _rig.Counters.Ports[ParseRig.Lan5]);
        Assert.Equal(default, _rig.Counters.Ports[ParseRig.Lan]);       // the physical port is counted by whoever received
    }

    [Theory]
    [InlineData(EtherType.Vlan, EtherType.Vlan)]
    [InlineData(EtherType.ServiceVlan, EtherType.Vlan)]
    [InlineData(EtherType.Vlan, EtherType.ServiceVlan)]
    public void Tags_of_either_type_nest(EtherType outer, EtherType inner)
    {
        byte[] frame = TestFrames.Tagged(TestFrames.Tagged(Sound, inner, 7), outer, 5);
        FrameInfo info = _rig.ParseSound(frame);
        Assert.Equal((ParseRig.Lan5Nested7, 22), (info.IngressPort, info.NetworkOffset));
        Assert.Equal(new PortCounters { FramesIn = 1, BytesIn = frame.Length }, _rig.Counters.Ports[ParseRig.Lan5]);
        Assert.Equal(new PortCounters { FramesIn = 1, BytesIn = frame.Length }, _rig.Counters.Ports[ParseRig.Lan5Nested7]);
    }

    [Fact]
    public void Priority_and_drop_eligibility_say_nothing_about_the_VLAN()
    {
        byte[] frame = TestFrames.Tagged(Sound, EtherType.Vlan, 5, priority: 7, dropEligible: true);
        Assert.Equal(ParseRig.Lan5, _rig.ParseSound(frame).IngressPort);
    }

    [Fact]
    public void A_priority_tag_is_looked_through_wherever_it_stands()
    {
        FrameInfo info = _rig.ParseSound(TestFrames.Tagged(Sound, EtherType.Vlan, 0, priority: 5));
        Assert.Equal((ParseRig.Lan, 18), (info.IngressPort, info.NetworkOffset));
        info = _rig.ParseSound(TestFrames.Tagged(Sound, 0, 5, 0, 7, 0));
        Assert.Equal((ParseRig.Lan5Nested7, 34), (info.IngressPort, info.NetworkOffset));
    }

    [Theory]
    [InlineData(new ushort[] { 6 }, ParseRig.Lan)]
    [InlineData(new ushort[] { 7 }, ParseRig.Lan)]
    [InlineData(new ushort[] { 5, 5 }, ParseRig.Lan5)]
    [InlineData(new ushort[] { 5, 7, 9 }, ParseRig.Lan5Nested7)]
    [InlineData(new ushort[] { 4095 }, ParseRig.Lan)]
    public void A_VLAN_that_is_not_configured_there_drops_at_the_port_that_it_reached(ushort[] vlans, int port)
    {
        Assert.Equal(DropReason.Vlan, _rig.Parse(TestFrames.Tagged(Sound, vlans), out FrameInfo info));
        Assert.Equal(port, info.IngressPort);
    }

    [Fact]
    public void Sixteen_tags_are_looked_through_and_no_more()
    {
        var priorities = new ushort[16];
        Assert.Equal(14 + (16 * 4), _rig.ParseSound(TestFrames.Tagged(Sound, priorities)).NetworkOffset);
        Assert.Equal(DropReason.Vlan, _rig.Parse(TestFrames.Tagged(Sound, [.. priorities, 0])));
    }

    [Fact]
    public void A_tag_that_is_not_all_there_is_short()
    {
        byte[] frame = TestFrames.Tagged(Sound, 5, 7);
        for (int length = 14; length < 22; length++)
            Assert.Equal(DropReason.Short, _rig.Parse(frame[..length]));
    }

    [Fact]
    public void Behind_the_tags_the_type_counts()
    {
        byte[] frame = TestFrames.Tagged(TestFrames.Ethernet(EtherType.Lldp, new byte[46]), 5);
        Assert.Equal(DropReason.Ethertype, _rig.Parse(frame, out FrameInfo info));
        Assert.Equal(ParseRig.Lan5, info.IngressPort);
    }
}
