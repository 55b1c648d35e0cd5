using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// RFC 4861 §7: solicitations for an address of the port they came in by are answered, invalid messages are dropped, nothing is learned.
/// </summary>
public sealed class NdpTests : IDisposable
{
    private const string Own = "2001:db8:1::1", OwnLinkLocal = "fe80::1:ff:fe00:1", Asker = "fe80::5";

    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: ["2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: ["2001:db8:2::2/64"]}
          lan.20: {parent: lan, vlan: 20, addresses: ["2001:db8:20::1/64"]}
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: ["2001:db8:1::ffff/64"], password: secret}

        """;

    private readonly Box _box = new(Net);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(Own, Asker)]
    [InlineData(Own, "2001:db8:1::10")]
    [InlineData(OwnLinkLocal, Asker)]
    public void A_solicitation_for_an_own_address_of_the_port_is_answered(string own, string asker)
    {
        byte[] expected = Advertisement(own, asker, TestFrames.Host, solicited: true);
        Assert.Equal(expected, _box.Send("lan", Solicitation(own, asker)).Answered("lan"));
        Assert.Equal(expected, _box.Send("lan", Solicitation(own, asker, to: own, tells: false)).Answered("lan"));
    }

    [Fact]
    public void A_virtual_address_is_at_the_virtual_MAC_address()
    {
        byte[] answer = _box.Send("lan", Solicitation("2001:db8:1::ffff", Asker)).Answered("lan");
        MacAddress virtualMac = new(0x0000_5e00_0101);
        Assert.Equal(virtualMac, MacAddress.Read(answer.AsSpan(MacAddress.Length)));
        Assert.Equal(virtualMac, MacAddress.Read(answer.AsSpan(answer.Length - MacAddress.Length)));
    }

    [Theory]
    [InlineData("2001:db8:1::10")]                  // nobody's
    [InlineData("2001:db8:2::2")]                   // another port's
    [InlineData("2001:db8:20::1")]                  // a sub-port's
    [InlineData("fe80::1:ff:fe00:2")]               // another port's link-local
    public void A_solicitation_for_anything_else_is_taken_in_silence(string target) =>
        _box.Send("lan", Solicitation(target, Asker)).MustBeConsumed();

    [Fact]
    public void Duplicate_address_detection_is_answered_to_all_nodes()
    {
        // RFC 4861 §7.2.4: from the unspecified address; the answer is not solicited and goes to all nodes.
        byte[] expected = Advertisement(Own, "ff02::1", new MacAddress(0x3333_0000_0001), solicited: false);
        Assert.Equal(expected, _box.Send("lan", Solicitation(Own, "::", tells: false)).Answered("lan"));
        _box.Send("lan", Solicitation("2001:db8:1::10", "::", tells: false)).MustBeConsumed();
    }

    [Fact]
    public void Sub_ports_answer_for_themselves_with_their_tag()
    {
        byte[] expected = TestFrames.Tagged(Advertisement("2001:db8:20::1", Asker, TestFrames.Host, solicited: true), 20);
        Assert.Equal(expected, _box.Send("lan", TestFrames.Tagged(Solicitation("2001:db8:20::1", Asker), 20)).Answered("lan"));
        byte[] linkLocal = TestFrames.Tagged(Advertisement(OwnLinkLocal, Asker, TestFrames.Host, solicited: true), 20);
        Assert.Equal(linkLocal, _box.Send("lan", TestFrames.Tagged(Solicitation(OwnLinkLocal, Asker), 20)).Answered("lan"));
        _box.Send("lan", TestFrames.Tagged(Solicitation(Own, Asker), 20)).MustBeConsumed();
    }

    [Fact]
    public void Valid_messages_of_other_kinds_are_taken_and_teach_nothing()
    {
        _box.Send("lan", Message("fe80::5", "ff02::2", Body(133, 0, 0))).MustBeConsumed();
        _box.Send("lan", Message("fe80::5", "ff02::1", Body(134, 0, 8))).MustBeConsumed();
        _box.Send("lan", Advertisement(
            "2001:db8:1::10", "ff02::1", new MacAddress(0x3333_0000_0001), solicited: false, from: "2001:db8:1::10"))
            .MustBeConsumed();
        _box.Send("lan", Message("fe80::5", "ff02::1", Redirect("2001:db8:9::1", "fe80::6"))).MustBeConsumed();
        byte[] forwarded = _box.Send("wan", TestFrames.Ipv6("2001:db8:2::9", "2001:db8:1::10", TestTransport.Udp(1, 2))).Forwarded("lan");
        Assert.Equal(Boxes.InventedFor("2001:db8:1::10"), MacAddress.Read(forwarded));
    }

    [Fact]
    public void A_solicitation_from_an_own_address_is_not_answered()
    {
        _box.Send("lan", Solicitation(Own, "2001:db8:1::ffff")).MustBeConsumed();
        _box.Send("lan", Solicitation(Own, "::1")).MustBeDropped("martian");
    }

    [Fact]
    public void A_message_from_afar_is_a_spoof()
    {
        // RFC 4861 §7.1.1: the hop limit of 255 proves that no router forwarded it.
        foreach (int hops in (int[])[0, 1, 64, 254])
            _box.Send("lan", Solicitation(Own, Asker, hops: (byte)hops)).MustBeDropped("spoof");
    }

    [Fact]
    public void What_RFC_4861_section_7_1_has_discarded_is_dropped()
    {
        _box.Send("lan", Solicitation(Own, Asker, code: 1)).MustBeDropped("spoof");
        _box.Send("lan", Solicitation("ff02::1", Asker, to: "ff02::1")).MustBeDropped("spoof");                // the target is a group
        // unspecified, not to a solicited node
        _box.Send("lan", Solicitation(Own, "::", to: "ff02::1", tells: false)).MustBeDropped("spoof");
        // unspecified, with a link-layer address
        _box.Send("lan", Solicitation(Own, "::")).MustBeDropped("spoof");
        _box.Send("lan", Message(Asker, "ff02::1", Body(135, 0, 4))).MustBeDropped("short");                   // shorter than 24 bytes
        // option of length 0
        _box.Send("lan", Message(Asker, "ff02::1", [.. Body(135, 0, 0), .. TargetOf(Own), 1, 0, 0, 0, 0, 0, 0, 0])).MustBeDropped("short");
        // option behind the end
        _box.Send("lan", Message(Asker, "ff02::1", [.. Body(135, 0, 0), .. TargetOf(Own), 1, 2, 0, 0, 0, 0, 0, 0])).MustBeDropped("short");
        // a router that is not link-local
        _box.Send("lan", Message("2001:db8:1::10", "ff02::1", Body(134, 0, 8))).MustBeDropped("spoof");
        _box.Send("lan", Advertisement(
            "2001:db8:1::10", "ff02::1", new MacAddress(0x3333_0000_0001), solicited: true, from: "2001:db8:1::10"))
            .MustBeDropped("spoof");
    }

    [Fact]
    public void A_bad_checksum_is_not_answered()
    {
        byte[] frame = Solicitation(Own, Asker);
        frame[^1] ^= 1;
        _box.Send("lan", frame).MustBeDropped("bad-l4-checksum");
    }

    [Fact]
    public void Options_that_nobody_knows_are_skipped()
    {
        byte[] message = [.. Body(135, 0, 0), .. TargetOf(Own), 253, 1, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0x5e, 0, 0x53, 1];
        Assert.Equal(Advertisement(Own, Asker, TestFrames.Host, solicited: true), _box.Send("lan", Message(Asker, "ff02::1:ff00:1",
            message)).Answered("lan"));
    }

    [Fact]
    public void Between_other_hosts_a_solicitation_is_a_datagram_like_any_other()
    {
        byte[] frame = Solicitation("2001:db8:2::9", "2001:db8:1::10", to: "2001:db8:2::9");
        byte[] expected = ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.InventedFor("2001:db8:2::9"));
        Assert.Equal(expected, _box.Send("lan", frame).Forwarded("wan"));
    }

    [Fact]
    public void Fragments_of_neighbour_discovery_are_not_believed()
    {
        // RFC 6980 §5.
        byte[] frame = TestFrames.Ipv6(
            Asker, "ff02::1:ff00:1", TestTransport.Icmpv6(135, 0, 0, TargetOf(Own)), ip => ip with { HopLimit = 255 },
                TestExtension.Fragment(0, more: true));
        _box.Send("lan", frame).MustBeDropped("multicast");
    }

    private static byte[] Solicitation(
        string target, string source, string? to = null, bool tells = true, byte hops = 255, byte code = 0)
    {
        var fields = new NeighborSolicitationFields(TestFrames.V6(target), tells ? TestFrames.Host : null);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        message[1] = code;
        return Message(source, to ?? TestFrames.V6(target).SolicitedNode.ToString(), message, hops);
    }

    private static byte[] Advertisement(string target, string to, MacAddress mac, bool solicited, string? from = null)
    {
        var fields = new NeighborAdvertisementFields(TestFrames.V6(target), IsRouter: true, solicited, IsOverride: true, Boxes.LanMac);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        MacAddress source = from is null ? Boxes.LanMac : TestFrames.Host;
        return TestFrames.WithMacs(Message(from ?? target, to, message), mac, source);
    }

    private static byte[] Redirect(string destination, string target) =>
        [.. Body(137, 0, 0), .. TargetOf(target), .. TargetOf(destination)];

    /// <summary>Type, code, checksum, four bytes and <paramref name="rest"/> more, all zero but the first two.</summary>
    private static byte[] Body(byte type, byte code, int rest) => [type, code, .. new byte[6 + rest]];

    private static byte[] TargetOf(string target)
    {
        var bytes = new byte[Ipv6Address.Length];
        TestFrames.V6(target).WriteTo(bytes);
        return bytes;
    }

    /// <summary>The message in a datagram, its checksum made right, in a frame to the group that the destination is.</summary>
    private static byte[] Message(string source, string destination, byte[] message, byte hops = 255)
    {
        var transport = new TestTransport(IpProtocol.Icmpv6, [.. message[..2], 0, 0, .. message[4..]], 2, HasPseudoHeader: true);
        byte[] frame = TestFrames.Ipv6(source, destination, transport, ip => ip with { HopLimit = hops });
        Ipv6Address to = TestFrames.V6(destination);
        return to.IsMulticast ? TestFrames.WithMacs(frame, new MacAddress(0x3333_0000_0000UL | (uint)to.Value), TestFrames.Host) : frame;
    }
}
