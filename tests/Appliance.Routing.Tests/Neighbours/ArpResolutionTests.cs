using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>ARP: RFC 826, RFC 1122 §2.3.2, with the states of RFC 4861.</summary>
public sealed class ArpResolutionTests
{
    private const string Host = "192.168.1.10";

    private readonly ControlRig _rig = new();

    [Fact]
    public void A_question_is_a_broadcast_from_the_own_address_of_the_network()
    {
        (int port, byte[] frame) = Assert.Single(_rig.Want(Host).TakeSent());
        Assert.Equal(Lan, port);
        var expected = new ArpFields(ArpOperation.Request, Mac, TestFrames.V4(Own), default, TestFrames.V4(Host));
        Assert.Equal(TestFrames.WithMacs(TestFrames.Arp(expected), MacAddress.Broadcast, Mac), frame);
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf(Host));
    }

    [Fact]
    public void Questions_are_asked_three_times_a_second_apart_and_given_up()
    {
        _rig.Want(Host);
        var times = new List<long>();
        for (long tenth = 0; tenth < 35; tenth++)
        {
            if (_rig.TakeSent().Length > 0) times.Add(tenth);
            _rig.Wait(Second / 10);
        }

        Assert.Equal(3, times.Count);
        Assert.InRange(times[1], 10, 11);
        Assert.InRange(times[2], 20, 21);
        Assert.Equal(NeighbourState.Failed, _rig.StateOf(Host));
        Assert.Equal(NeighbourState.Failed, _rig.Seen(Host).State);
        Assert.Equal(NeighbourNoticeKind.Unreachable, Assert.Single(_rig.TakeNotices(), notice => notice.Address == Address(Host)).Kind);
        _rig.Wait(2 * Second);
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        Assert.Equal(NeighbourState.Vacant, _rig.Seen(Host).State);
    }

    [Fact]
    public void Who_is_wanted_while_failed_is_asked_again_a_second_later()
    {
        _rig.Want(Host).Wait(Second * 31 / 10).Want(Host).TakeSent();
        Assert.Equal(NeighbourState.Failed, _rig.StateOf(Host));
        Assert.Empty(_rig.Wait(Second / 2).TakeSent());
        Assert.Single(_rig.Wait(Second / 2).TakeSent());
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf(Host));
    }

    [Fact]
    public void An_answer_makes_it_reachable_and_wakes_who_waits()
    {
        _rig.Want(Host, worker: 1).HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        Assert.Equal((NeighbourState.Reachable, HostMac), _rig.Seen(Host));
        Assert.Equal(2UL, _rig.Woken);
        Assert.Equal(_rig.Now, _rig.Row(Host).ConfirmedAt);
        Assert.Equal(NeighbourNoticeKind.Learned, Assert.Single(_rig.TakeNotices()).Kind);
    }

    [Fact]
    public void Every_worker_that_waits_is_woken()
    {
        _rig.Want(Host, worker: 0).Want(Host, worker: 1).HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        Assert.Equal(3UL, _rig.Woken);
    }

    [Fact]
    public void Who_asks_for_one_that_is_known_by_now_is_woken_and_looks_again()
    {
        _rig.Want(Host).HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        uint changes = _rig.Cells.Changes;
        _rig.Want(Host, worker: 1);
        Assert.Equal((3UL, changes + 1), (_rig.Woken, _rig.Cells.Changes));
    }

    [Fact]
    public void A_host_that_was_given_up_is_known_again_as_soon_as_it_asks_us()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own).Want(Host).Wait(Second * 89 / 10);
        Assert.Equal(NeighbourState.Failed, _rig.Seen(Host).State);
        _rig.HearArp(ArpOperation.Request, Host, Own);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
    }

    [Fact]
    public void An_unsolicited_reply_makes_no_entry()
    {
        _rig.HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        _rig.HearArp(ArpOperation.Reply, Host, Host);
        _rig.HearArp(ArpOperation.Request, Host, Host);                 // an announcement
        _rig.HearArp(ArpOperation.Request, Host, "192.168.1.11");       // a question to somebody else
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void A_host_that_asks_us_is_known_and_answered()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own);
        var expected = new ArpFields(ArpOperation.Reply, Mac, TestFrames.V4(Own), HostMac, TestFrames.V4(Host));
        Assert.Equal(TestFrames.WithMacs(TestFrames.Arp(expected), HostMac, Mac), Assert.Single(_rig.TakeSent()).Frame);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
    }

    [Fact]
    public void Whatever_a_known_host_says_updates_its_address()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own);
        _rig.HearArp(ArpOperation.Request, Host, Host, OtherMac);
        Assert.Equal((NeighbourState.Stale, OtherMac), _rig.Seen(Host));
        _rig.HearArp(ArpOperation.Request, Host, "192.168.1.77", HostMac);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        Assert.Equal(2, _rig.TakeNotices().Count(notice => notice.Kind == NeighbourNoticeKind.Moved));
    }

    [Fact]
    public void A_reply_that_nobody_asked_for_casts_doubt_on_who_is_reachable()
    {
        _rig.Want(Host).HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        _rig.HearArp(ArpOperation.Reply, Host, Own, HostMac, Mac);      // the same once more
        Assert.Equal(NeighbourState.Reachable, _rig.StateOf(Host));
        _rig.HearArp(ArpOperation.Reply, Host, Own, OtherMac, Mac);
        Assert.Equal((NeighbourState.Stale, OtherMac), _rig.Seen(Host));
    }

    [Theory]
    [InlineData("10.9.9.9")]                        // of no network of the port
    [InlineData("203.0.113.9")]                     // of another port's
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("0.0.0.0")]                         // a probe
    [InlineData(Fixed)]
    public void Who_cannot_be_a_neighbour_here_teaches_nothing(string source)
    {
        int before = _rig.Control.ReadNeighbours().Length;
        _rig.HearArp(ArpOperation.Request, source, Own);
        Assert.Equal(before, _rig.Control.ReadNeighbours().Length);
        Assert.Single(_rig.TakeSent());                                 // but whoever asks is answered
    }

    [Fact]
    public void A_configured_neighbour_is_not_asked_for()
    {
        Assert.Empty(_rig.Want(Fixed).TakeSent());
        Assert.True(_rig.Row(Fixed).IsFixed);
    }

    [Fact]
    public void Impossible_senders_and_other_stations_frames_are_ignored()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own, MacAddress.Broadcast);
        _rig.HearArp(ArpOperation.Request, Host, Own, Mac);             // our own, come back
        _rig.HearArp(ArpOperation.Request, Host, Own, to: OtherMac);
        _rig.HearArp(ArpOperation.Request, Host, Own, MacAddress.Broadcast, by: HostMac);
        _rig.HearArp(ArpOperation.Request, Host, Own, Mac, by: HostMac);
        _rig.HearArp(ArpOperation.Request, Host, Own, new MacAddress(0), by: HostMac);
        _rig.HearArp((ArpOperation)8, Host, Own);
        _rig.Hear(TestFrames.WithMacs(TestFrames.Ethernet(EtherType.Arp, new byte[20]), MacAddress.Broadcast, HostMac));
        Assert.Equal((8, 8), (_rig.Control.Received, _rig.Control.Ignored));
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void An_answer_to_somebody_else_is_none_to_us()
    {
        _rig.Want(Host).HearArp(ArpOperation.Reply, Host, "192.168.1.77");
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
    }

    [Fact]
    public void The_address_that_asks_is_of_the_network_of_who_is_asked_for()
    {
        _rig.Control.Adopt(_rig.Facts([Own + "/24", "10.0.0.1/24"]), _rig.Now);
        _rig.TakeSent();
        (_, byte[] frame) = Assert.Single(_rig.Want("10.0.0.9").TakeSent());
        Assert.Equal(TestFrames.V4("10.0.0.1"), Ipv4Address.Read(frame.AsSpan(28)));
        (_, frame) = Assert.Single(_rig.Want(Host).TakeSent());
        Assert.Equal(TestFrames.V4(Own), Ipv4Address.Read(frame.AsSpan(28)));
    }

    [Fact]
    public void A_tag_of_VLAN_0_says_only_a_priority()
    {
        var request = new ArpFields(ArpOperation.Request, HostMac, TestFrames.V4(Host), default, TestFrames.V4(Own));
        _rig.Hear(TestFrames.Tagged(TestFrames.WithMacs(TestFrames.Arp(request), MacAddress.Broadcast, HostMac), 0));
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        Assert.Single(_rig.TakeSent());
    }

    [Fact]
    public void A_sub_port_has_its_own_neighbours_and_its_tag()
    {
        (int port, byte[] frame) = Assert.Single(_rig.Want("192.168.5.9", Vlan).TakeSent());
        Assert.Equal(Lan, port);
        var expected = new ArpFields(ArpOperation.Request, Mac, TestFrames.V4("192.168.5.1"), default, TestFrames.V4("192.168.5.9"));
        Assert.Equal(TestFrames.Tagged(TestFrames.WithMacs(TestFrames.Arp(expected), MacAddress.Broadcast, Mac), 5), frame);
        var reply = new ArpFields(ArpOperation.Reply, HostMac, TestFrames.V4("192.168.5.9"), Mac, TestFrames.V4("192.168.5.1"));
        _rig.Hear(TestFrames.Tagged(TestFrames.WithMacs(TestFrames.Arp(reply), Mac, HostMac), 5));
        Assert.Equal((NeighbourState.Reachable, HostMac), _rig.Seen("192.168.5.9", Vlan));
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("192.168.5.9"));
        _rig.Hear(TestFrames.Tagged(TestFrames.WithMacs(TestFrames.Arp(reply), Mac, HostMac), 6));
        Assert.Equal(1, _rig.Control.Ignored);                          // no such VLAN
    }

    [Fact]
    public void Reachable_lasts_a_random_time_about_thirty_seconds_then_it_is_stale_then_forgotten()
    {
        _rig.Want(Host).HearArp(ArpOperation.Reply, Host, Own, to: Mac);
        long second = 0;
        for (; _rig.StateOf(Host) == NeighbourState.Reachable; second++) _rig.Wait(Second);
        Assert.InRange(second, 15, 46);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        uint departures = _rig.Cells.Departures;
        _rig.Wait(1198 * Second);
        Assert.Equal((NeighbourState.Stale, HostMac), _rig.Seen(Host));
        _rig.Wait(3 * Second);
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        Assert.Equal(departures + 1, _rig.Cells.Departures);
    }

    /// <summary>RFC 4861 §6.3.2: from MIN_RANDOM_FACTOR, 0.5, to MAX_RANDOM_FACTOR, 1.5, and drawn anew every few hours.</summary>
    [Fact]
    public void Reachable_times_are_half_to_one_and_a_half_times_thirty_seconds_and_change_every_two_hours()
    {
        var random = KeyedRandom.FromSeed(3);
        long[] drawn = [.. Enumerable.Range(0, 200).Select(era => NeighbourTimes.Reachable(random, Lan, At(era * 7200L)))];
        Assert.All(drawn, nanoseconds => Assert.InRange(nanoseconds, 15 * Second, (45 * Second) - 1));
        Assert.Contains(drawn, nanoseconds => nanoseconds < 17 * Second);
        Assert.Contains(drawn, nanoseconds => nanoseconds > 43 * Second);
        Assert.Equal(drawn[0], NeighbourTimes.Reachable(random, Lan, At(7199)));
        Assert.NotEqual(drawn[0], NeighbourTimes.Reachable(random, Wan, At(0)));

        static MonotonicTime At(long second) => new(second * Second);
    }

    [Fact]
    public void Used_while_stale_it_is_probed_at_its_own_address_and_given_up()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own).TakeSent();
        _rig.Want(Host);
        Assert.Equal((NeighbourState.Delay, HostMac), _rig.Seen(Host));
        Assert.Empty(_rig.Wait(49 * Second / 10).TakeSent());
        (int, byte[] Frame)[] probes = _rig.Wait(29 * Second / 10).TakeSent();
        Assert.Equal(3, probes.Length);
        Assert.All(probes, probe => Assert.Equal(HostMac, MacAddress.Read(probe.Frame)));
        Assert.Equal((NeighbourState.Probe, HostMac), _rig.Seen(Host));
        _rig.Wait(Second);
        Assert.Equal(NeighbourState.Failed, _rig.Seen(Host).State);
        uint departures = _rig.Cells.Departures;
        _rig.Wait(2 * Second);
        Assert.Equal((NeighbourState.Vacant, departures + 1), (_rig.StateOf(Host), _rig.Cells.Departures));     // workers remembered it
    }

    [Fact]
    public void Without_a_link_nothing_is_known()
    {
        _rig.HearArp(ArpOperation.Request, Host, Own).TakeSent();
        _rig.Control.OnLink(new PortId(Lan), isUp: false, _rig.Now);
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf(Host));
        Assert.Empty(_rig.TakeSent());
        _rig.Control.OnLink(new PortId(Lan), isUp: true, _rig.Now);
        Assert.Contains(_rig.TakeSent(), sent => IsAnnouncement(sent.Frame, Own));
    }

    internal static bool IsAnnouncement(byte[] frame, string address) =>
        frame[12] == 8 && frame[13] == 6 && Ipv4Address.Read(frame.AsSpan(28)) == TestFrames.V4(address)
        && Ipv4Address.Read(frame.AsSpan(38)) == TestFrames.V4(address);
}
