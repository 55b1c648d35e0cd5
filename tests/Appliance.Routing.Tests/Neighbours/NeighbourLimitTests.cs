using Appliance.Engine;
using Appliance.Wire.Arp;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>How many neighbours are remembered, and who goes first.</summary>
public sealed class NeighbourLimitTests
{
    private const int Known = 8, Unknown = 4;

    private readonly ControlRig _rig = new(limits: new NeighbourLimits(3, Known, Unknown));

    [Fact]
    public void A_scan_pushes_out_nobody_who_is_known()
    {
        for (int host = 10; host < 10 + Known; host++) Meet(host);
        for (int scanned = 0; scanned < 200; scanned++)
        {
            _rig.Want($"192.168.1.{20 + scanned}");
            _rig.Wait(Second / 5);
        }

        for (int host = 10; host < 10 + Known; host++) Assert.Equal(HostMac, _rig.Seen($"192.168.1.{host}").Mac);
        Assert.Equal(Known + Unknown + 1, _rig.Control.ReadNeighbours().Length);        // and the configured one
    }

    [Fact]
    public void A_scan_of_a_64_leaves_time_for_who_answers()
    {
        int resolved = 0;
        for (int scanned = 0; scanned < 500; scanned++)
        {
            _rig.Want($"2001:db8:1::{scanned + 0x1000:x}").Wait(Second / 20);
            if (scanned % 10 != 0) continue;
            string host = $"192.168.1.{10 + (scanned % Known)}";
            _rig.Want(host).HearArp(ArpOperation.Reply, host, Own, to: Mac);
            if (_rig.Seen(host).State == NeighbourState.Reachable) resolved++;
        }

        Assert.InRange(resolved, 25, 50);
    }

    [Fact]
    public void What_was_asked_for_just_now_is_not_pushed_out()
    {
        for (int host = 0; host < Unknown; host++) _rig.Want($"192.168.1.{10 + host}");
        _rig.Want("192.168.1.99");
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("192.168.1.99"));
        Assert.Equal(NeighbourNoticeKind.Refused, Assert.Single(_rig.TakeNotices()).Kind);
        _rig.Wait(Second / 5).Want("192.168.1.99");
        Assert.Equal(NeighbourState.Incomplete, _rig.StateOf("192.168.1.99"));
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("192.168.1.10"));
    }

    [Fact]
    public void Strangers_go_first_then_who_was_used_longest_ago()
    {
        for (int host = 10; host < 14; host++) Use(host);               // used, REACHABLE, later STALE
        _rig.Wait(50 * Second);
        Assert.Equal(NeighbourState.Stale, _rig.StateOf("192.168.1.10"));
        for (int host = 20; host < 24; host++) Meet(host);              // strangers
        Meet(30);
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("192.168.1.20"));
        uint departures = _rig.Cells.Departures;
        for (int host = 31; host < 34; host++) Use(host);
        Assert.Equal(departures, _rig.Cells.Departures);                // nobody remembers strangers
        Assert.All([10, 11, 12, 13], host => Assert.Equal(HostMac, _rig.Seen($"192.168.1.{host}").Mac));
        Use(34);                                                        // the last stranger
        Use(35);
        Assert.Equal(NeighbourState.Vacant, _rig.StateOf("192.168.1.10"));
        Assert.Equal(departures + 1, _rig.Cells.Departures);
        Assert.Equal(HostMac, _rig.Seen("192.168.1.11").Mac);
    }

    [Fact]
    public void Who_is_in_use_is_never_pushed_out()
    {
        for (int host = 10; host < 10 + Known; host++) Use(host);
        Meet(50);
        Use(51);
        Assert.Equal((NeighbourState.Vacant, NeighbourState.Vacant), (_rig.StateOf("192.168.1.50"), _rig.StateOf("192.168.1.51")));
        Assert.All(Enumerable.Range(10, Known), host => Assert.Equal(NeighbourState.Reachable, _rig.StateOf($"192.168.1.{host}")));
    }

    [Fact]
    public void Another_port_has_a_share_of_its_own()
    {
        for (int host = 10; host < 30; host++) Use(host);
        _rig.Want("203.0.113.9", Wan).HearArp(ArpOperation.Reply, "203.0.113.9", "203.0.113.2", to: new(0x0201_0000_0002), port: Wan);
        Assert.Equal(NeighbourState.Reachable, _rig.StateOf("203.0.113.9", Wan));
    }

    [Theory]
    [InlineData(1, 4096, 512)]
    [InlineData(16, 4096, 512)]
    [InlineData(17, 3855, 512)]
    [InlineData(100, 655, 512)]
    [InlineData(4095, 64, 64)]
    public void All_ports_together_stay_within_bounds(int ports, int known, int unknown)
    {
        NeighbourLimits limits = NeighbourLimits.For(ports);
        Assert.Equal((known, unknown), (limits.KnownPerPort, limits.UnknownPerPort));
    }

    [Fact]
    public void Ports_that_come_later_share_what_the_others_leave()
    {
        NeighbourFacts facts = _rig.Facts([Own + "/24"]);
        var ports = new PortTable([.. Enumerable.Range(0, 5).Select(
            i => i < 3 ? facts.Ports[i] : new PortFacts { Index = i, Name = $"port{i}", Physical = i, Mac = Mac })]);
        LinkFacts late = new([new Wire.Ip.IpPrefix(Address("198.51.100.1"), 24)], []);
        _rig.Control.Adopt(facts with { Ports = ports, Links = [.. facts.Links, late, late] }, _rig.Now);
        for (int port = 3; port < 5; port++)
        {
            for (int host = 10; host < 60; host++)
            {
                string address = $"198.51.100.{host}";
                _rig.Want(address, port).HearArp(ArpOperation.Reply, address, "198.51.100.1", to: Mac, port: port);
                _rig.Wait(Second / 5);
            }
        }

        Assert.Equal(2 * Known, _rig.Control.ReadNeighbours().Count(row => row.Port >= 3 && row.Mac is not null));
        for (int host = 10; host < 50; host++) Use(host);
        Assert.InRange(_rig.Control.ReadNeighbours().Count(row => row.Port == Lan), Known - 1, Known + 2);

        // A port that has gone takes its neighbours with it.
        _rig.Control.Adopt(facts with { Ports = ports, Links = [.. facts.Links, late, new LinkFacts([], [])] }, _rig.Now);
        Assert.DoesNotContain(_rig.Control.ReadNeighbours(), row => row.Port == 4);
    }

    [Fact]
    public void Everything_ends_when_nobody_asks_any_more()
    {
        for (int host = 10; host < 200; host++) _rig.Want($"192.168.1.{host}").Wait(Second / 10);
        _rig.Wait(3000 * Second);
        Assert.Single(_rig.Control.ReadNeighbours());
        Assert.Equal(MonotonicTime.Never, _rig.Control.NextDeadline);
    }

    /// <summary>It asks us.</summary>
    private void Meet(int host) => _rig.HearArp(ArpOperation.Request, $"192.168.1.{host}", Own);

    /// <summary>It answers us.</summary>
    private void Use(int host) => _rig.Want($"192.168.1.{host}").HearArp(ArpOperation.Reply, $"192.168.1.{host}", Own, to: Mac);
}
