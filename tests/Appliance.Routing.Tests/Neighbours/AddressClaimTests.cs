using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Own addresses: duplicate address detection (RFC 4862 §5.4), conflict detection (RFC 5227), announcements.</summary>
public sealed class AddressClaimTests
{
    private static readonly NeighbourOptions Careful = new() { DetectsDuplicates = true, ProbesIpv4 = true };

    [Fact]
    public void Before_the_start_nothing_is_said_and_nothing_is_answered()
    {
        var rig = new ControlRig(isStarted: false);
        rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).Want("192.168.1.11");
        Assert.Empty(rig.TakeSent());
    }

    [Fact]
    public void At_the_start_every_address_is_announced_on_its_own_link()
    {
        ControlRig rig = new ControlRig(isStarted: false).Start();
        (int Port, byte[] Frame)[] sent = rig.TakeSent();
        Assert.Contains(sent, said => said.Port == Lan && ArpResolutionTests.IsAnnouncement(said.Frame, Own));
        Assert.DoesNotContain(sent, said => ArpResolutionTests.IsAnnouncement(said.Frame, Virtual));        // failover's to say
        Assert.Contains(sent, said => said.Port == Wan && ArpResolutionTests.IsAnnouncement(said.Frame, "203.0.113.2"));
        Assert.Contains(sent, said => said.Port == Lan && IsUnsolicited(said.Frame, OwnV6));
        rig.Wait(10 * Second);
        (int, byte[] Frame)[] later = rig.TakeSent();
        Assert.Equal(2, 1 + later.Count(said => ArpResolutionTests.IsAnnouncement(said.Frame, Own)));      // ANNOUNCE_NUM
        Assert.Equal(3, 1 + later.Count(said => IsUnsolicited(said.Frame, OwnV6)));         // MAX_NEIGHBOR_ADVERTISEMENT
        Assert.All(rig.Control.ReadOwnAddresses(), row => Assert.Equal(ClaimState.Owned, row.State));
    }

    [Fact]
    public void An_address_is_checked_before_it_is_used()
    {
        ControlRig rig = new ControlRig(Careful, isStarted: false).Start();
        rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).HearSolicitation(OwnV6, "2001:db8:1::10", HostMac);
        Assert.DoesNotContain(rig.TakeSent(), said => IsAbout(said.Frame, Own, OwnV6));
        rig.Wait(9 * Second);
        byte[][] sent = [.. rig.TakeSent().Where(said => said.Port == Lan).Select(said => said.Frame)];
        byte[] check = Assert.Single(sent, frame => IsSolicitation(frame, OwnV6));
        Assert.Equal(Ipv6Address.Any, Ipv6Address.Read(check.AsSpan(22)));
        Assert.Equal(86 - 8, check.Length);                             // no source link-layer address
        byte[][] probes = [.. sent.Where(frame => IsProbe(frame, Own))];
        Assert.Equal(3, probes.Length);
        Assert.All(probes, probe => Assert.Equal(MacAddress.Broadcast, MacAddress.Read(probe)));
        Assert.True(rig.Control.ReadOwnAddresses().All(row => row.State is ClaimState.Announcing or ClaimState.Owned));
        rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).HearSolicitation(OwnV6, "2001:db8:1::10", HostMac);
        Assert.Equal(2, rig.TakeSent().Count(said => MacAddress.Read(said.Frame) == HostMac));
    }

    [Fact]
    public void A_duplicate_is_reported_not_used_and_tried_again_after_a_minute()
    {
        ControlRig rig = new ControlRig(Careful, isStarted: false).Start();
        rig.Wait(Second / 100);
        rig.HearAdvertisement(OwnV6, solicited: false, overrides: true, HostMac, to: "ff02::1");
        rig.HearArp(ArpOperation.Reply, Own, Own, HostMac);
        NeighbourNotice[] notices = rig.TakeNotices();
        Assert.Equal([NeighbourNoticeKind.Duplicate, NeighbourNoticeKind.Duplicate], notices.Select(notice => notice.Kind));
        Assert.All(notices, notice => Assert.Equal(HostMac, notice.Mac));
        rig.Wait(20 * Second).TakeSent();
        rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).HearSolicitation(OwnV6, "2001:db8:1::10", HostMac);
        Assert.Empty(rig.TakeSent());
        rig.Wait(60 * Second);
        Assert.All(rig.Control.ReadOwnAddresses(), row => Assert.Equal(ClaimState.Owned, row.State));
    }

    [Fact]
    public void Two_that_check_the_same_address_both_let_go()
    {
        ControlRig rig = new ControlRig(Careful, isStarted: false).Start();
        rig.HearSolicitation(OwnV6, "::", told: null).HearArp(ArpOperation.Request, "0.0.0.0", Own);
        string[] lost = [.. rig.Control.ReadOwnAddresses().Where(row => row.State == ClaimState.Duplicate)
            .Select(row => row.Address.ToString())];
        Assert.Equal([Own, OwnV6], lost);
    }

    [Fact]
    public void Our_own_question_come_back_is_no_duplicate()
    {
        ControlRig rig = new ControlRig(Careful, isStarted: false).Start();
        rig.Wait(9 * Second / 10);
        foreach ((int port, byte[] frame) in rig.TakeSent()) rig.Hear(frame, port);
        Assert.DoesNotContain(rig.Control.ReadOwnAddresses(), row => row.State == ClaimState.Duplicate);
    }

    [Fact]
    public void An_address_in_use_is_defended_once_in_ten_seconds()
    {
        var rig = new ControlRig();
        rig.HearArp(ArpOperation.Request, Own, Own, HostMac);
        Assert.True(ArpResolutionTests.IsAnnouncement(Assert.Single(rig.TakeSent()).Frame, Own));
        rig.Wait(5 * Second).HearArp(ArpOperation.Request, Own, "192.168.1.9", HostMac);
        Assert.Empty(rig.TakeSent());
        rig.Wait(6 * Second).HearArp(ArpOperation.Reply, Own, "192.168.1.9", HostMac);
        Assert.Single(rig.TakeSent());
        Assert.Equal(3, rig.TakeNotices().Count(notice => notice.Kind == NeighbourNoticeKind.Conflict));
        Assert.Equal(NeighbourState.Vacant, rig.StateOf(Own));
    }

    [Fact]
    public void A_virtual_address_that_a_peer_has_is_no_conflict()
    {
        var rig = new ControlRig();
        rig.HearArp(ArpOperation.Request, "192.168.1.254", "192.168.1.254", HostMac);
        Assert.Empty(rig.TakeSent());
        Assert.Empty(rig.TakeNotices());
    }

    [Fact]
    public void A_new_configuration_announces_what_is_new_and_leaves_the_rest_alone()
    {
        var rig = new ControlRig();
        rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).TakeSent();
        rig.Control.Adopt(rig.Facts([Own + "/24", "192.168.1.2/24"]), rig.Now);
        Assert.True(ArpResolutionTests.IsAnnouncement(Assert.Single(rig.TakeSent()).Frame, "192.168.1.2"));
        Assert.Equal(NeighbourState.Stale, rig.StateOf("192.168.1.10"));
        rig.Control.Adopt(rig.Facts(["192.168.1.2/24"]), rig.Now);
        Assert.Empty(rig.HearArp(ArpOperation.Request, "192.168.1.10", Own).TakeSent());
        Assert.Single(rig.HearArp(ArpOperation.Request, "192.168.1.10", "192.168.1.2").TakeSent());
    }

    [Fact]
    public void Nobody_is_asked_over_IPv6_from_an_address_that_is_not_ours_yet()
    {
        ControlRig rig = new ControlRig(new NeighbourOptions(), isStarted: false).Start();
        rig.TakeSent();
        rig.Want("2001:db8:1::10");
        while (!rig.Control.ReadOwnAddresses().Any(IsUsableIpv6))
        {
            Assert.DoesNotContain(rig.TakeSent(), said => IsSolicitation(said.Frame, "2001:db8:1::10"));
            rig.Wait(Second / 100);
        }

        rig.Wait(Second / 10);                                          // and soon after it is
        byte[] asked = rig.TakeSent().First(said => IsSolicitation(said.Frame, "2001:db8:1::10")).Frame;
        Assert.NotEqual(Ipv6Address.Any, Ipv6Address.Read(asked.AsSpan(22)));
        Assert.Equal(NeighbourState.Incomplete, rig.StateOf("2001:db8:1::10"));

        static bool IsUsableIpv6(OwnAddressRow own) =>
            own is { Port: Lan, IsVirtual: false, Address.IsV6: true, State: ClaimState.Announcing or ClaimState.Owned };
    }

    /// <summary>RFC 5227 §2.1.1: PROBE_MIN to PROBE_MAX between probes, ANNOUNCE_WAIT behind the last.</summary>
    [Fact]
    public void Two_seconds_behind_the_last_probe_an_address_is_used()
    {
        ControlRig rig = new ControlRig(Careful, isStarted: false).Start();
        var probed = new List<MonotonicTime>();
        while (rig.Control.ReadOwnAddresses().Single(row => row.Address == Address(Own)).State is ClaimState.Waiting or ClaimState.Probing)
        {
            if (rig.Wait(Second / 100).TakeSent().Any(said => IsProbe(said.Frame, Own))) probed.Add(rig.Now);
        }

        Assert.Equal(3, probed.Count);
        Assert.All(probed.Zip(probed.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, Second * 99 / 100, Second * 201 / 100));
        Assert.InRange(rig.Now - probed[2], Second * 199 / 100, Second * 201 / 100);
    }

    [Fact]
    public void Another_MAC_address_of_the_port_is_announced_with_every_address()
    {
        var rig = new ControlRig();
        rig.Control.Adopt(rig.Facts([Own + "/24"], OtherMac), rig.Now);
        (int Port, byte[] Frame)[] sent = rig.TakeSent();
        Assert.Contains(
            sent, said => ArpResolutionTests.IsAnnouncement(said.Frame, Own) && MacAddress.Read(said.Frame.AsSpan(22)) == OtherMac);
        Assert.Contains(sent, said => IsUnsolicited(said.Frame, OwnV6) && MacAddress.Read(said.Frame.AsSpan(6)) == OtherMac);
        Assert.DoesNotContain(sent, said => said.Port == Wan);
    }

    private static bool IsProbe(byte[] frame, string address) =>
        frame[12] == 8 && frame[13] == 6 && Ipv4Address.Read(frame.AsSpan(28)) == Ipv4Address.Any
        && Ipv4Address.Read(frame.AsSpan(38)) == TestFrames.V4(address);

    private static bool IsSolicitation(byte[] frame, string target) =>
        frame[12] == 0x86 && NeighborSolicitationView.TryParse(frame.AsSpan(54), out NeighborSolicitationView asked)
        && asked.Target == TestFrames.V6(target);

    private static bool IsUnsolicited(byte[] frame, string target) =>
        frame[12] == 0x86 && NeighborAdvertisementView.TryParse(frame.AsSpan(54), out NeighborAdvertisementView said)
        && said.Target == TestFrames.V6(target) && !said.IsSolicited && MacAddress.Read(frame) == new MacAddress(0x3333_0000_0001);

    /// <summary>An answer or announcement of either address.</summary>
    private static bool IsAbout(byte[] frame, string v4, string v6) =>
        IsUnsolicited(frame, v6) || ArpResolutionTests.IsAnnouncement(frame, v4) || MacAddress.Read(frame) == HostMac;
}
