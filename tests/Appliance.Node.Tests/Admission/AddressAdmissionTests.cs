using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// Addresses that cannot stand where they stand, at the edges of every range: the last outside, the first and last inside, the first
/// behind.
/// </summary>
public sealed class AddressAdmissionTests : IDisposable
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, 10.9.8.1/30, "2001:db8:1::1/64", "2001:db8:7::1/127"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
          link: {backend: pcap, addresses: [10.0.0.0/31, 10.0.0.9/32, 10.0.0.253/25]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}
        high-availability:
          carp:
            - {vhid: 1, port: wan, addresses: [203.0.113.10/24], password: secret}

        """;

    private readonly Box _box = new(Net);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("127.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("224.0.0.0")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.0")]
    [InlineData("255.255.255.254")]
    [InlineData("255.255.255.255")]
    [InlineData("192.168.1.1")]             // own here
    [InlineData("203.0.113.2")]             // own elsewhere
    [InlineData("203.0.113.10")]            // own virtually
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.9")]
    [InlineData("192.168.1.255")]           // a subnet's broadcast
    [InlineData("203.0.113.255")]
    [InlineData("10.9.8.3")]
    [InlineData("10.0.0.255")]
    public void An_impossible_source_is_a_martian(string source) =>
        _box.Send("lan", TestFrames.Ipv4(source, Boxes.Outside, TestTransport.Udp(1, 2))).MustBeDropped("martian");

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("192.168.1.0")]
    [InlineData("192.168.1.2")]
    [InlineData("192.168.1.254")]
    [InlineData("10.0.0.1")]                // the other end of the /31
    [InlineData("10.0.0.127")]              // the broadcast address of no network here
    [InlineData("10.9.8.2")]
    [InlineData("198.18.0.1")]
    public void A_possible_source_is_none(string source) =>
        _box.Send("lan", TestFrames.Ipv4(source, Boxes.Outside, TestTransport.Udp(1, 2))).Forwarded("wan");

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("127.0.0.0")]
    [InlineData("127.255.255.255")]
    [InlineData("240.0.0.0")]
    [InlineData("255.255.255.254")]
    public void An_impossible_destination_is_a_martian(string destination) =>
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(1, 2))).MustBeDropped("martian");

    [Theory]
    [InlineData("1.0.0.0", "wan")]
    [InlineData("126.255.255.255", "wan")]
    [InlineData("128.0.0.0", "wan")]
    [InlineData("223.255.255.255", "wan")]
    [InlineData("192.168.1.0", "lan")]      // RFC 1812 §4.2.3.1: the obsolete broadcast form is an address like others
    [InlineData("10.0.0.1", "link")]        // both ends of a /31 are hosts (RFC 3021)
    [InlineData("10.0.0.254", "link")]
    public void A_possible_destination_is_none(string destination, string port) =>
        _box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(1, 2))).Forwarded(port);

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("192.168.1.255")]
    [InlineData("203.0.113.255")]
    [InlineData("10.9.8.3")]
    [InlineData("10.0.0.255")]
    public void Broadcasts_are_not_forwarded(string destination)
    {
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(67, 68));
        _box.Send("lan", frame).MustBeDropped("broadcast");
        _box.Send("lan", TestFrames.With(frame, 0, 255, 255, 255, 255, 255, 255)).MustBeDropped("broadcast");
    }

    [Theory]
    [InlineData("224.0.0.0")]
    [InlineData("224.0.0.18")]
    [InlineData("239.255.255.255")]
    public void Multicast_is_not_forwarded(string destination)
    {
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, destination, TestTransport.Udp(1, 2));
        _box.Send("lan", frame).MustBeDropped("multicast");
        _box.Send("lan", TestFrames.With(frame, 0, 0x01, 0x00, 0x5e, 0, 0, 1)).MustBeDropped("multicast");
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff00::")]
    [InlineData("ff02::1")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::ffff:192.168.1.10")]
    [InlineData("::ffff:255.255.255.255")]
    [InlineData("2001:db8:1::1")]
    [InlineData("2001:db8:2::2")]
    [InlineData("fe80::1:ff:fe00:1")]        // own, by its MAC
    public void An_impossible_Ipv6_source_is_a_martian(string source) =>
        _box.Send("lan", TestFrames.Ipv6(source, Boxes.OutsideV6, TestTransport.Udp(1, 2))).MustBeDropped("martian");

    [Theory]
    [InlineData("::2")]
    [InlineData("::fffe:ffff:ffff")]
    [InlineData("::1:0:0:0")]
    [InlineData("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8:1::")]
    [InlineData("2001:db8:1:0:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8:7::")]
    public void A_possible_Ipv6_source_is_none(string source) =>
        _box.Send("lan", TestFrames.Ipv6(source, Boxes.OutsideV6, TestTransport.Udp(1, 2))).Forwarded("wan");

    [Theory]
    [InlineData("::", "martian")]
    [InlineData("::1", "martian")]
    [InlineData("::ffff:8.8.8.8", "martian")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("ff0e::1234", "multicast")]
    public void An_impossible_Ipv6_destination_is_dropped(string destination, string reason) =>
        _box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, destination, TestTransport.Udp(1, 2))).MustBeDropped(reason);

    [Theory]
    [InlineData("192.168.1.10")]
    [InlineData("198.51.100.1")]
    [InlineData("192.168.1.1")]
    public void A_datagram_from_its_own_destination_is_land(string address)
    {
        _box.Send("lan", TestFrames.Ipv4(address, address, TestTransport.Tcp(139, 139))).MustBeDropped("land");
        _box.Send("lan", TestFrames.Ipv4(address, "198.51.100.2", TestTransport.Tcp(139, 139), ip => ip with
        {
            Destination = TestFrames.V4(address),
        })).MustBeDropped("land");
    }

    [Theory]
    [InlineData("2001:db8:1::10")]
    [InlineData("2001:db8:1::1")]
    [InlineData("fe80::5")]
    public void A_datagram_from_its_own_destination_is_land_in_Ipv6(string address) =>
        _box.Send("lan", TestFrames.Ipv6(address, address, TestTransport.Tcp(139, 139))).MustBeDropped("land");
}
