using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Tags in and out: priority tags, sub-ports, sub-ports of sub-ports, and who counts what.</summary>
public sealed class SubPortTests : IDisposable
{
    private const string Trunks = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24, "2001:db8:20::1/64"]}
          lan.20.3: {parent: lan.20, vlan: 3, addresses: [192.168.203.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
          wan.20: {parent: wan, vlan: 20, addresses: [192.168.120.1/24]}
          wan.4094: {parent: wan, vlan: 4094, addresses: [192.168.94.1/24]}

        """;

    private readonly Box _box = new(Trunks);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(EtherType.Vlan)]
    [InlineData(EtherType.ServiceVlan)]
    public void A_tag_leads_to_its_sub_port_whichever_of_the_two_types_it_has(EtherType type)
    {
        byte[] frame = Udp("192.168.20.9", "203.0.113.9");
        Seen seen = _box.Send("lan", TestFrames.Tagged(frame, type, 20));
        Assert.Equal(ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("203.0.113.9")), seen.Forwarded("wan"));
        Assert.Equal(1, seen.At("lan.20").FramesIn);
    }

    [Fact]
    public void A_sub_port_sends_with_its_own_tag_of_type_8100()
    {
        byte[] frame = Udp("192.168.20.9", "192.168.120.9");
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("192.168.120.9"), 20);
        Assert.Equal(0x81, expected[12]);
        Assert.Equal(expected, _box.Send(
            "lan", TestFrames.Tagged(frame, EtherType.ServiceVlan, 20, priority: 7, dropEligible: true)).Forwarded("wan"));
    }

    [Fact]
    public void Priorities_are_not_carried_over()
    {
        for (byte priority = 0; priority < 8; priority++)
        {
            byte[] frame = TestFrames.Tagged(Udp("192.168.20.9", "192.168.94.9"), EtherType.Vlan, 20, priority, dropEligible: true);
            Assert.Equal([0x81, 0x00, 0x0f, 0xfe], _box.Send("lan", frame).Forwarded("wan")[12..16]);
        }
    }

    [Fact]
    public void A_priority_tag_is_no_tag_wherever_it_stands()
    {
        byte[] frame = Udp("192.168.1.9", "203.0.113.9");
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("203.0.113.9"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(frame, EtherType.Vlan, 0, priority: 6)).Forwarded("wan"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(frame, [0, 0])).Forwarded("wan"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(frame, [0, 20, 0])).Forwarded("wan"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(frame, [20, 0, 3])).Forwarded("wan"));
    }

    [Fact]
    public void Tags_upon_tags_lead_to_sub_ports_of_sub_ports()
    {
        byte[] frame = Udp("192.168.203.9", "203.0.113.9");
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("203.0.113.9"));
        Seen seen = _box.Send("lan", TestFrames.Tagged(frame, 20, 3));
        Assert.Equal(expected, seen.Forwarded("wan"));
        Assert.Equal((1, 1, 1), (seen.At("lan").FramesIn, seen.At("lan.20").FramesIn, seen.At("lan.20.3").FramesIn));
        Assert.Equal(
            expected, _box.Send("lan", TestFrames.Tagged(TestFrames.Tagged(frame, 3), EtherType.ServiceVlan, 20)).Forwarded("wan"));
    }

    [Fact]
    public void A_sub_port_of_a_sub_port_sends_two_tags_the_innermost_nearest_the_payload()
    {
        byte[] frame = Udp("203.0.113.9", "192.168.203.9");
        byte[] left = _box.Send("wan", frame).Forwarded("lan");
        Assert.Equal([0x81, 0x00, 0x00, 20, 0x81, 0x00, 0x00, 3, 0x08, 0x00], left[12..22]);
        Assert.Equal(ForwardingTwin.Forward(frame, Boxes.LanMac, Boxes.InventedFor("192.168.203.9"), 20, 3), left);
    }

    [Fact]
    public void A_frame_turns_around_from_one_sub_port_to_another()
    {
        byte[] frame = Udp("192.168.20.9", "192.168.203.9");
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.LanMac, Boxes.InventedFor("192.168.203.9"), 20, 3);
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(frame, 20)).Forwarded("lan"));
        byte[] v6 = TestFrames.Ipv6("2001:db8:1::9", "2001:db8:20::9", TestTransport.Udp(1, 2));
        Assert.Equal(
            ForwardingTwin.Forward(v6, Boxes.LanMac, Boxes.InventedFor("2001:db8:20::9"), 20), _box.Send("lan", v6).Forwarded("lan"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(4094)]
    [InlineData(4095)]
    public void A_vlan_that_is_not_configured_is_dropped(int vlan)
    {
        _box.Send("lan", TestFrames.Tagged(Udp("192.168.20.9", "203.0.113.9"), (ushort)vlan)).MustBeDropped("vlan");
        _box.Send("lan", TestFrames.Tagged(Udp("192.168.20.9", "203.0.113.9"), 20, (ushort)vlan)).MustBeDropped("vlan");
    }

    [Fact]
    public void The_inner_tag_alone_is_another_vlan()
    {
        _box.Send("lan", TestFrames.Tagged(Udp("192.168.203.9", "203.0.113.9"), 3)).MustBeDropped("vlan");
        _box.Send("wan", TestFrames.Tagged(Udp("203.0.113.9", "192.168.1.9"), 20, 3)).MustBeDropped("vlan");
    }

    [Fact]
    public void A_frame_counts_at_its_physical_port_and_at_every_sub_port_with_all_its_bytes()
    {
        byte[] frame = TestFrames.Tagged(Udp("192.168.203.9", "192.168.120.9"), 20, 3);
        Seen seen = _box.Send("lan", TestFrames.Padded(frame, 90));
        byte[] left = seen.Forwarded("wan");
        var none = default(PortCounters);
        foreach (string port in (string[])["lan", "lan.20", "lan.20.3"])
            Assert.Equal(none with { FramesIn = 1, BytesIn = 90 }, seen.At(port));
        foreach (string port in (string[])["wan", "wan.20"])
            Assert.Equal(none with { FramesOut = 1, BytesOut = left.Length }, seen.At(port));
        Assert.Equal(none, seen.At("wan.4094"));
    }

    [Fact]
    public void A_drop_counts_at_the_sub_port_and_at_its_parents_as_the_arrival_did()
    {
        Seen seen = _box.Send("lan", TestFrames.Tagged(Udp("127.0.0.1", "203.0.113.9"), 20));
        seen.MustBeDropped("martian");
        Assert.Equal((1, 1, 1), (seen.At("lan").FramesDropped, seen.At("lan").FramesIn, seen.At("lan.20").FramesDropped));
    }

    [Fact]
    public void A_tag_that_is_cut_is_short()
    {
        byte[] frame = TestFrames.Tagged(Udp("192.168.203.9", "203.0.113.9"), 20, 3);
        for (int length = 0; length < frame.Length; length++)
            _box.Send("lan", frame[..length]).MustBeDropped("short");
    }

    [Fact]
    public void A_tower_of_tags_ends()
    {
        byte[] frame = Udp("192.168.1.9", "203.0.113.9");
        _box.Send("lan", TestFrames.Tagged(frame, [.. new ushort[16]])).Forwarded("wan");
        _box.Send("lan", TestFrames.Tagged(frame, [.. new ushort[17]])).MustBeDropped("vlan");
    }

    private static byte[] Udp(string source, string destination) => TestFrames.Ipv4(source, destination, TestTransport.Udp(1, 2, 11));
}
