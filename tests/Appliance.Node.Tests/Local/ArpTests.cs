using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// RFC 826 and RFC 5227: requests for an address of the port they came in by are answered; nothing is learned, nothing is forwarded.
/// </summary>
public sealed class ArpTests : IDisposable
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, 10.0.0.1/8]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
          lan.20.3: {parent: lan.20, vlan: 3, addresses: [192.168.203.1/24]}
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24], password: secret}

        """;

    private static readonly Ipv4Address Asker = TestFrames.V4("192.168.1.10");

    private readonly Box _box = new(Net);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("10.0.0.1")]
    public void A_request_for_an_own_address_of_the_port_is_answered(string own)
    {
        byte[] expected = Reply(own, Asker, TestFrames.Host);
        Assert.Equal(expected, _box.Send("lan", Request(own)).Answered("lan"));
        Assert.Equal(expected, _box.Send("lan", TestFrames.Padded(Request(own))).Answered("lan"));
        // RFC 1122 §2.3.2.1
        Assert.Equal(expected, _box.Send("lan", TestFrames.WithMacs(Request(own), Boxes.LanMac, TestFrames.Host)).Answered("lan"));
    }

    [Fact]
    public void A_virtual_address_is_at_the_virtual_MAC_address()
    {
        MacAddress virtualMac = new(0x0000_5e00_0101);
        byte[] expected = TestFrames.WithMacs(
            TestFrames.Arp(new ArpFields(ArpOperation.Reply, virtualMac, TestFrames.V4("192.168.1.254"), TestFrames.Host, Asker)),
            TestFrames.Host, virtualMac);
        Assert.Equal(expected, _box.Send("lan", Request("192.168.1.254")).Answered("lan"));
    }

    [Theory]
    [InlineData("192.168.1.10")]            // nobody's
    [InlineData("203.0.113.2")]             // another port's
    [InlineData("192.168.20.1")]            // a sub-port's
    [InlineData("192.168.1.255")]           // a broadcast
    [InlineData("0.0.0.0")]
    public void A_request_for_anything_else_is_taken_in_silence(string target) => _box.Send("lan", Request(target)).MustBeConsumed();

    [Fact]
    public void A_probe_is_answered()
    {
        // RFC 5227 §2.1.1: the sender's address is all zero.
        byte[] probe = TestFrames.Arp(
            new ArpFields(ArpOperation.Request, TestFrames.Host, Ipv4Address.Any, default, TestFrames.V4("192.168.1.1")));
        Assert.Equal(Reply("192.168.1.1", Ipv4Address.Any, TestFrames.Host), _box.Send("lan", ToAll(probe)).Answered("lan"));
    }

    [Fact]
    public void Announcements_and_replies_are_taken_in_silence_and_teach_nothing()
    {
        MacAddress liar = new(0x0666_0000_0001);
        foreach (ArpOperation operation in new[] { ArpOperation.Request, ArpOperation.Reply })
            _box.Send("lan", ToAll(TestFrames.Arp(new ArpFields(operation, liar, Asker, default, Asker)))).MustBeConsumed();
        _box.Send("lan", TestFrames.Arp(
            new ArpFields(ArpOperation.Reply, liar, Asker, Boxes.LanMac, TestFrames.V4("192.168.1.1")))).MustBeConsumed();
        byte[] toAsker = _box.Send("wan", TestFrames.Ipv4("203.0.113.9", "192.168.1.10", TestTransport.Udp(1, 2))).Forwarded("lan");
        Assert.Equal(Boxes.InventedFor("192.168.1.10"), MacAddress.Read(toAsker));
    }

    [Fact]
    public void The_answer_goes_to_the_sender_named_in_the_request()
    {
        MacAddress named = new(0x0a00_0000_0042);
        byte[] request = TestFrames.Arp(new ArpFields(ArpOperation.Request, named, Asker, default, TestFrames.V4("192.168.1.1")));
        Assert.Equal(Reply("192.168.1.1", Asker, named), _box.Send("lan", ToAll(request)).Answered("lan"));
    }

    [Fact]
    public void A_sender_that_names_a_group_is_not_answered()
    {
        byte[] request = TestFrames.Arp(
            new ArpFields(ArpOperation.Request, MacAddress.Broadcast, Asker, default, TestFrames.V4("192.168.1.1")));
        _box.Send("lan", ToAll(request)).MustBeConsumed();
    }

    [Fact]
    public void Sub_ports_answer_for_themselves_with_their_tags()
    {
        byte[] expected = TestFrames.Tagged(Reply("192.168.20.1", Asker, TestFrames.Host), 20);
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(Request("192.168.20.1"), 20)).Answered("lan"));
        byte[] expectedQinQ = TestFrames.Tagged(Reply("192.168.203.1", Asker, TestFrames.Host), 20, 3);
        Assert.Equal(expectedQinQ, _box.Send("lan", TestFrames.Tagged(Request("192.168.203.1"), 20, 3)).Answered("lan"));
        _box.Send("lan", TestFrames.Tagged(Request("192.168.1.1"), 20)).MustBeConsumed();
        _box.Send("lan", TestFrames.Tagged(Request("192.168.20.1"), 20, 3)).MustBeConsumed();
    }

    [Fact]
    public void A_priority_tag_is_no_tag()
    {
        byte[] tagged = TestFrames.Tagged(Request("192.168.1.1"), EtherType.Vlan, 0, priority: 5);
        Assert.Equal(Reply("192.168.1.1", Asker, TestFrames.Host), _box.Send("lan", tagged).Answered("lan"));
    }

    [Fact]
    public void What_is_not_ARP_for_Ipv4_over_Ethernet_is_dropped()
    {
        byte[] request = Request("192.168.1.1");
        for (int length = 14; length < request.Length; length++)
            _box.Send("lan", request[..length]).MustBeDropped("short");
        foreach ((int at, byte value) in new (int, byte)[] { (15, 6), (16, 0x86), (18, 8), (19, 16) })
            _box.Send("lan", TestFrames.With(request, at, value)).MustBeDropped("ethertype");
        _box.Send("lan", TestFrames.With(request, 21, 3)).MustBeConsumed();         // an operation without meaning here
    }

    private static byte[] Request(string target) =>
        ToAll(TestFrames.Arp(new ArpFields(ArpOperation.Request, TestFrames.Host, Asker, default, TestFrames.V4(target))));

    private static byte[] Reply(string own, Ipv4Address asker, MacAddress to) => TestFrames.WithMacs(
        TestFrames.Arp(new ArpFields(ArpOperation.Reply, Boxes.LanMac, TestFrames.V4(own), to, asker)), to, Boxes.LanMac);

    private static byte[] ToAll(byte[] frame) => TestFrames.WithMacs(frame, MacAddress.Broadcast, TestFrames.Host);
}
