using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Neighbour discovery: RFC 4861 §7.</summary>
public sealed class NdpResolutionTests
{
    private const string Host = "2001:db8:1::10", HostLinkLocal = "fe80::10";
    private const int MessageAt = 54;

    private readonly ControlRig _rig = new();

    [Fact]
    public void A_question_goes_to_the_solicited_node_group_from_the_link_local_address()
    {
        (int port, byte[] frame) = Assert.Single(_rig.Want(Host).TakeSent());
        Assert.Equal(Lan, port);
        Assert.Equal(new MacAddress(0x3333_ff00_0010), MacAddress.Read(frame));
        Assert.Equal(Mac, MacAddress.Read(frame.AsSpan(6)));
        Assert.Equal(TestFrames.V6(OwnLinkLocal), Ipv6Address.Read(frame.AsSpan(22)));
        Assert.Equal(TestFrames.V6("ff02::1:ff00:10"), Ipv6Address.Read(frame.AsSpan(38)));
        Assert.Equal(255, frame[21]);
        Assert.True(NeighborSolicitationView.TryParse(frame.AsSpan(MessageAt), out NeighborSolicitationView asked));
        Assert.Equal(TestFrames.V6(Host), asked.Target);
        Assert.Equal(Mac, asked.SourceLinkLayerAddress);
        MustHaveRightChecksum(frame);
    }

    [Theory]
    [InlineData(true, true, NeighbourState.Reachable)]
    [InlineData(true, false, NeighbourState.Reachable)]
    [InlineData(false, true, NeighbourState.Stale)]
    [InlineData(false, false, NeighbourState.Stale)]
    public void An_advertisement_resolves_who_was_asked_for(bool solicited, bool overrides, NeighbourState expected)
    {
        _rig.Want(Host).HearAdvertisement(Host, solicited, overrides, HostMac, router: true);
        Assert.Equal((expected, HostMac), _rig.Seen(Host));
        Assert.True(_rig.Row(Host).IsRouter);
        Assert.Equal(1UL, _rig.Woken);
    }

    [Fact]
    public void An_advertisement_that_tells_no_address_resolves_nobody()
    {
        _rig.Want(Host).HearAdvertisement(Host, solicited: true, overrides: true, told: null);
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf(Host));
    }

    [Fact]
    public void But_it_confirms_who_is_known()
    {
        _rig.HearSolicitation(OwnLinkLocal, HostLinkLocal, HostMac).Want(HostLinkLocal).Wait(6 * Second);
        Assert.Equal(NeighbourState.Probe, _rig.StateOf(HostLinkLocal));
        _rig.HearAdvertisement(HostLinkLocal, solicited: true, overrides: false, told: null);
        Assert.Equal((NeighbourState.Reachable, HostMac), _rig.Seen(HostLinkLocal));
    }

    [Fact]
    public void Nobody_is_learned_from_an_advertisement_unasked()
    {
        _rig.HearAdvertisement(Host, solicited: true, overrides: true, HostMac);
        _rig.HearAdvertisement(Host, solicited: false, overrides: true, HostMac, to: "ff02::1");
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
    }

    [Fact]
    public void Who_asks_in_our_own_name_is_not_answered()
    {
        _rig.HearSolicitation(OwnLinkLocal, OwnV6, HostMac);
        Assert.Empty(_rig.TakeSent());
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(OwnV6));
    }

    [Fact]
    public void What_is_doubted_does_not_say_who_is_a_router()
    {
        _rig.Want(Host).HearAdvertisement(Host, solicited: true, overrides: true, HostMac, router: true);
        _rig.HearAdvertisement(Host, solicited: true, overrides: false, OtherMac, router: false);
        Assert.True(_rig.Row(Host).IsRouter);
        _rig.HearAdvertisement(Host, solicited: true, overrides: false, HostMac, router: false);
        Assert.False(_rig.Row(Host).IsRouter);
    }

    [Fact]
    public void Without_override_another_address_is_doubted_and_not_believed()
    {
        _rig.Want(Host).HearAdvertisement(Host, solicited: true, overrides: true, HostMac);
        _rig.HearAdvertisement(Host, solicited: true, overrides: false, OtherMac);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        _rig.HearAdvertisement(Host, solicited: true, overrides: false, OtherMac);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        _rig.HearAdvertisement(Host, solicited: true, overrides: true, OtherMac);
        Assert.Equal((NeighbourState.Reachable, OtherMac), _rig.Seen(Host));
    }

    [Fact]
    public void A_host_that_solicits_us_is_known_and_answered()
    {
        _rig.HearSolicitation(OwnV6, Host, HostMac);
        byte[] frame = Assert.Single(_rig.TakeSent()).Frame;
        Assert.Equal(HostMac, MacAddress.Read(frame));
        Assert.Equal(TestFrames.V6(OwnV6), Ipv6Address.Read(frame.AsSpan(22)));
        Assert.Equal(TestFrames.V6(Host), Ipv6Address.Read(frame.AsSpan(38)));
        Assert.True(NeighborAdvertisementView.TryParse(frame.AsSpan(MessageAt), out NeighborAdvertisementView answer));
        Assert.Equal((true, true, true), (answer.IsRouter, answer.IsSolicited, answer.IsOverride));
        Assert.Equal(Mac, answer.TargetLinkLayerAddress);
        MustHaveRightChecksum(frame);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
    }

    [Fact]
    public void Duplicate_address_detection_of_others_is_answered_to_all_nodes()
    {
        _rig.HearSolicitation(OwnV6, "::", told: null);
        byte[] frame = Assert.Single(_rig.TakeSent()).Frame;
        Assert.Equal(new MacAddress(0x3333_0000_0001), MacAddress.Read(frame));
        Assert.True(NeighborAdvertisementView.TryParse(frame.AsSpan(MessageAt), out NeighborAdvertisementView answer));
        Assert.False(answer.IsSolicited);
    }

    [Fact]
    public void A_router_solicitation_teaches_its_senders_address()
    {
        var fields = new RouterSolicitationFields(HostMac);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        _rig.HearNdp(HostLinkLocal, "ff02::2", message);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(HostLinkLocal));
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void A_redirect_changes_nothing()
    {
        _rig.HearSolicitation(OwnLinkLocal, HostLinkLocal, HostMac);
        var message = new byte[RedirectView.HeaderLength + 8];
        new RedirectFields(TestFrames.V6("fe80::66"), TestFrames.V6("2001:db8:9::1")).WriteTo(message);
        new NdpLinkLayerAddress(NdpOptionType.TargetLinkLayerAddress, OtherMac).WriteTo(message.AsSpan(RedirectView.HeaderLength));
        int rows = _rig.Control.ReadNeighbours().Length;
        _rig.HearNdp(HostLinkLocal, OwnV6, message);
        Assert.Equal(0, _rig.Control.Ignored);
        Assert.Equal(rows, _rig.Control.ReadNeighbours().Length);
        Assert.Equal(HostMac, _rig.Seen(HostLinkLocal).Mac);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(254)]
    public void What_a_router_has_forwarded_is_not_believed(byte hops)
    {
        _rig.HearSolicitation(OwnV6, Host, HostMac, hops).Want(Host).TakeSent();
        _rig.HearAdvertisement(Host, solicited: true, overrides: true, HostMac, hops: hops);
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf(Host));
        Assert.Equal((2, 2), (_rig.Control.Received, _rig.Control.Ignored));
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void Bad_checksums_fragments_and_strangers_to_the_link_are_not_believed()
    {
        var fields = new NeighborSolicitationFields(TestFrames.V6(OwnV6), HostMac);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        var transport = new TestTransport(IpProtocol.Icmpv6, message, 2, HasPseudoHeader: true);
        var group = new MacAddress(0x3333_ff00_0001);
        byte[] good = TestFrames.WithMacs(
            TestFrames.Ipv6(Host, "ff02::1:ff00:1", transport, ip => ip with { HopLimit = 255 }), group, HostMac);
        _rig.Hear([.. good[..^1], (byte)(good[^1] ^ 1)]);
        _rig.Hear(good[..^4]);
        _rig.Hear(TestFrames.WithMacs(
            TestFrames.Ipv6(Host, "ff02::1:ff00:1", transport, ip => ip with { HopLimit = 255 }, TestExtension.Fragment(0, more: false)),
            group, HostMac));
        Assert.Equal((3, 3), (_rig.Control.Received, _rig.Control.Ignored));
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        _rig.HearSolicitation(OwnV6, "2001:db8:77::1", HostMac);        // of no network of the port: answered, not learned
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("2001:db8:77::1"));
        Assert.Single(_rig.TakeSent());
        _rig.Hear(good);
        Assert.Equal(NeighbourState.Stale, _rig.StateOf(Host));
    }

    [Fact]
    public void A_group_or_our_own_MAC_address_is_nobodys()
    {
        _rig.Want(Host).HearAdvertisement(Host, solicited: true, overrides: true, new MacAddress(0x3333_0000_0001));
        _rig.HearAdvertisement(Host, solicited: true, overrides: true, Mac);
        _rig.HearAdvertisement(Host, solicited: true, overrides: true, new MacAddress(0));
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf(Host));
    }

    private static void MustHaveRightChecksum(byte[] frame)
    {
        byte[] message = frame[MessageAt..];
        byte[] pseudo = [.. frame[22..54], 0, 0, 0, (byte)message.Length, 0, 0, 0, 58];
        Assert.Equal(0xffff, PlainChecksum.Sum([.. pseudo, .. message]));
    }
}
