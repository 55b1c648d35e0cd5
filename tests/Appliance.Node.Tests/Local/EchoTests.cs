using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Echo requests to the appliance's own addresses, and everything else that is addressed to it.</summary>
public sealed class EchoTests : IDisposable
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, 203.0.113.3/24, "2001:db8:2::2/64"], mtu: 1400}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24, "2001:db8:20::1/64"]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}
        high-availability:
          carp:
            - {vhid: 1, port: wan, addresses: [203.0.113.10/24], password: secret}
            - {vhid: 2, port: lan, addresses: ["2001:db8:1::ffff/64"], password: secret}

        """;

    private readonly Box _box = new(Net);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("192.168.20.1")]
    [InlineData("203.0.113.2")]
    [InlineData("203.0.113.3")]
    [InlineData("203.0.113.10")]            // virtual
    public void An_own_address_of_any_port_answers(string own)
    {
        byte[] request = TestFrames.Ipv4(Boxes.LanHost, own, TestTransport.EchoRequest(77, 3), ip => ip with
        {
            TimeToLive = 1,
            Identification = 0x1234,
            DifferentiatedServices = 0x28,
            DontFragment = true,
        });
        byte[] expected = TestFrames.Ipv4(own, Boxes.LanHost, TestTransport.EchoReply(77, 3), ip => ip with
        {
            Identification = 0x1234,
            DifferentiatedServices = 0x28,
        });
        Assert.Equal(
            TestFrames.WithMacs(expected, Boxes.InventedFor(Boxes.LanHost), Boxes.LanMac), _box.Send("lan", request).Answered("lan"));
    }

    [Theory]
    [InlineData("2001:db8:1::1")]
    [InlineData("2001:db8:20::1")]
    [InlineData("2001:db8:2::2")]
    [InlineData("2001:db8:1::ffff")]
    public void An_own_Ipv6_address_of_any_port_answers(string own)
    {
        byte[] request = TestFrames.Ipv6(Boxes.LanHostV6, own, TestTransport.EchoRequestV6(77, 3), ip => ip with
        {
            HopLimit = 1,
            TrafficClass = 0xb8,
            FlowLabel = 0x12345,
        });
        byte[] expected = TestFrames.Ipv6(own, Boxes.LanHostV6, TestTransport.EchoReplyV6(77, 3), ip => ip with { TrafficClass = 0xb8 });
        Assert.Equal(
            TestFrames.WithMacs(expected, Boxes.InventedFor(Boxes.LanHostV6), Boxes.LanMac), _box.Send("lan", request).Answered("lan"));
    }

    [Fact]
    public void The_answer_goes_where_its_destination_is_routed()
    {
        byte[] v4 = _box.Send("lan", TestFrames.Ipv4(Boxes.Outside, "192.168.1.1", TestTransport.EchoRequest(1))).Answered("wan");
        byte[] expected = TestFrames.Ipv4("192.168.1.1", Boxes.Outside, TestTransport.EchoReply(1));
        Assert.Equal(TestFrames.WithMacs(expected, Boxes.InventedFor("203.0.113.1"), Boxes.WanMac), v4);
        _box.Send("lan", TestFrames.Ipv6(Boxes.OutsideV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1))).Answered("wan");
    }

    [Fact]
    public void A_sub_port_answers_with_its_tag()
    {
        byte[] v4 = TestFrames.Tagged(TestFrames.Ipv4("192.168.20.9", "192.168.20.1", TestTransport.EchoRequest(1)), 20);
        byte[] expected = TestFrames.Ipv4("192.168.20.1", "192.168.20.9", TestTransport.EchoReply(1));
        expected = TestFrames.Tagged(TestFrames.WithMacs(expected, Boxes.InventedFor("192.168.20.9"), Boxes.LanMac), 20);
        Assert.Equal(expected, _box.Send("lan", v4).Answered("lan"));

        byte[] v6 = TestFrames.Tagged(TestFrames.Ipv6("fe80::9", "fe80::1:ff:fe00:1", TestTransport.EchoRequestV6(1)), 20);
        byte[] expectedV6 = TestFrames.Ipv6("fe80::1:ff:fe00:1", "fe80::9", TestTransport.EchoReplyV6(1));
        expectedV6 = TestFrames.Tagged(TestFrames.WithMacs(expectedV6, Boxes.InventedFor("fe80::9"), Boxes.LanMac), 20);
        Assert.Equal(expectedV6, _box.Send("lan", v6).Answered("lan"));
    }

    [Fact]
    public void Options_and_extension_headers_are_not_echoed_and_the_data_is()
    {
        byte[] v4 = _box.Send(
            "lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(5), edit: null, 0x94, 4, 0, 0)).Answered("lan");
        Assert.Equal(TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, TestTransport.EchoReply(5))[14..], v4[14..]);
        byte[] v6 = _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(5), edit: null, TestExtension.HopByHop,
                TestExtension.DestinationOptions()))
            .Answered("lan");
        Assert.Equal(TestFrames.Ipv6("2001:db8:1::1", Boxes.LanHostV6, TestTransport.EchoReplyV6(5))[14..], v6[14..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1471)]
    [InlineData(1472)]
    public void Data_of_any_length_is_echoed(int length)
    {
        byte[] data = TestTransport.Pattern(length);
        byte[] v4 = _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Icmp(8, 0, 1, data))).Answered("lan");
        Assert.Equal(TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, TestTransport.Icmp(0, 0, 1, data))[14..], v4[14..]);
        byte[] v6 = _box.Send(
            "lan", TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:1::1", TestTransport.Icmpv6(128, 0, 1, data[..Math.Min(length, 1452)])))
            .Answered("lan");
        Assert.Equal(TestFrames.Ipv6(
            "2001:db8:1::1", Boxes.LanHostV6, TestTransport.Icmpv6(129, 0, 1, data[..Math.Min(length, 1452)]))[14..], v6[14..]);
    }

    [Fact]
    public void An_answer_longer_than_the_way_back_is_fragmented()
    {
        Seen seen = _box.Send(
            "wan", TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Icmp(8, 0, 1, TestTransport.Pattern(3000))));
        Assert.Equal((1, 3, 0), (seen.Consumed, seen.Generated, seen.Dropped));     // a reply and two more fragments
        Assert.Equal([1396, 1396, 276], seen.LeftBy("wan").Select(frame => frame.Length - 14));
    }

    [Fact]
    public void A_bad_checksum_is_not_answered()
    {
        byte[] v4 = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1));
        byte[] v6 = TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1));
        foreach (byte[] frame in new[] { v4, v6 })
        {
            frame[^1] ^= 1;
            _box.Send("lan", frame).MustBeDropped("bad-l4-checksum");
        }
    }

    [Fact]
    public void Each_checksum_judged_and_made_is_counted()
    {
        byte[] bad = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1));
        bad[^1] ^= 1;
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1)), bad);
        NodeAccounts accounts = _box.Node.ReadAccounts();
        Assert.Equal((2, 1, 1), (accounts.ChecksumsVerified, accounts.ChecksumsBad, accounts.ChecksumsComputed));
    }

    [Fact]
    public void Fragments_are_taken_and_not_answered()
    {
        byte[] message = ForwardingTwin.DatagramOf(TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.EchoRequest(1)))[20..];
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, "192.168.1.1", TestTransport.Raw(IpProtocol.Icmp, message), ip => ip with { MoreFragments = true }))
            .MustBeConsumed();
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, "192.168.1.1", TestTransport.Raw(IpProtocol.Icmp, message), ip => ip with { FragmentOffsetBytes = 8 }))
            .MustBeConsumed();
        _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1), edit: null, TestExtension.Fragment(0,
                more: true))).MustBeConsumed();
    }

    [Fact]
    public void An_atomic_fragment_is_whole_and_answered()
    {
        byte[] reply = _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoRequestV6(1), edit: null, TestExtension.Fragment(0,
                more: false))).Answered("lan");
        Assert.Equal(TestFrames.Ipv6("2001:db8:1::1", Boxes.LanHostV6, TestTransport.EchoReplyV6(1))[14..], reply[14..]);
    }

    [Fact]
    public void Echo_to_a_group_is_not_answered()
    {
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "224.0.0.1", TestTransport.EchoRequest(1))).MustBeDropped("multicast");
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.255", TestTransport.EchoRequest(1))).MustBeDropped("broadcast");
        _box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, "ff02::1", TestTransport.EchoRequestV6(1))).MustBeDropped("multicast");
    }

    [Fact]
    public void Whatever_else_is_addressed_to_the_appliance_is_taken()
    {
        TestTransport[] others = [TestTransport.Udp(1, 2), TestTransport.Tcp(1, 22), TestTransport.EchoReply(1), TestTransport.Icmp(13,
            0), TestTransport.Raw(IpProtocol.Icmp)];
        foreach (TestTransport other in others)
            _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", other, ip => ip with { TimeToLive = 1 })).MustBeConsumed();
        _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "2001:db8:1::1", TestTransport.Udp(1, 2), ip => ip with { HopLimit = 0 })).MustBeConsumed();
        _box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:1::1", TestTransport.EchoReplyV6(1))).MustBeConsumed();
    }

    [Fact]
    public void An_echo_to_somebody_else_is_forwarded()
    {
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "203.0.113.4", TestTransport.EchoRequest(1))).Forwarded("wan");
        _box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, "2001:db8:2::3", TestTransport.EchoRequestV6(1))).Forwarded("wan");
    }

    [Fact]
    public void An_answer_that_no_route_leads_to_is_dropped()
    {
        using var island = new Box(Boxes.Island);
        Seen seen = island.Send("lan", TestFrames.Ipv4("100.64.0.1", "192.168.1.1", TestTransport.EchoRequest(1)));
        Assert.Equal((1, 1, 1), (seen.Consumed, seen.Generated, seen.DroppedAs("no-route")));
        Assert.Empty(seen.Left);
    }
}
