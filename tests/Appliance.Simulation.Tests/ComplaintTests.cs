using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Simulation.Tests.ScenarioWorld;

namespace Appliance.Simulation.Tests;

/// <summary>What users of other pairs complain of, each as a story that ends well here.</summary>
public sealed class ComplaintTests
{
    private static readonly PairProfile Usual = new() { WorseSkew = 100 };

    /// <summary>Of a multiqueue firewall whose pair lost some of all connections.</summary>
    [Fact]
    public void With_several_vcpus_and_a_pair_no_frame_of_any_flow_has_to_be_sent_twice()
    {
        using World world = Settled(Usual with { Workers = 2, Translates = true });
        world.RunFor(60 * Second);
        Assert.Equal(0, world.Users.Repeats);
        Assert.True(world.Users.Done > 4);
        world.MustBeGood();
    }

    /// <summary>Of a firewall that was demoted by its own start, and stayed backup for half an hour.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_box_that_boots_is_not_demoted_and_has_its_own_again_soon(int heartbeat)
    {
        PairProfile profile = Usual with { HeartbeatMilliseconds = heartbeat };
        using World world = Settled(profile);
        world.Happen(FaultKind.Kill, target: 0, lasts: 20 * Second);
        world.RunFor(20 * Second + Millisecond);
        world.RunFor(profile.Silence + (profile.HoldDown * Second) + (2 * Second));
        Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
        Assert.Equal(0, world.Boxes[0].Life!.Failover.Carp.Ledger.Total);
        world.MustBeGood();
    }

    /// <summary>Of switches and providers that filter multicast.</summary>
    [Fact]
    public void Peers_that_are_spoken_to_by_their_addresses_elect_one_and_follow_it()
    {
        foreach (int heartbeat in new[] { 0, 100 })
        {
            using World world = Settled(Usual with { IsUnicast = true, HasIpv6 = true, HeartbeatMilliseconds = heartbeat });
            world.Happen(FaultKind.Kill, target: 0, lasts: 10 * Second);
            world.RunFor(5 * Second);
            Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
            world.RunFor(20 * Second);
            Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
            world.MustBeGood();
        }
    }

    /// <summary>Of a silent backup that switches forget, and then flood what is for it, or for the virtual address, to everybody.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 100)]
    public void No_switch_floods_what_is_for_one_however_long_nothing_happens(bool isUnicast, int heartbeat)
    {
        using World world = Settled(Usual with { IsUnicast = isUnicast, HeartbeatMilliseconds = heartbeat });
        world.Happen(FaultKind.HandOver, target: 0, lasts: 2 * Second);                     // so that both have spoken
        world.RunFor(10 * Second);
        long[] before = [.. world.Switches.Select(known => known.Flooded)];
        world.RunFor(15 * 60 * Second);
        Assert.Equal(before, world.Switches.Select(known => known.Flooded).ToArray());
        world.MustBeGood();
    }

    /// <summary>Of IPv6 addresses that both boxes had, where the network lost the adverts of one family.</summary>
    [Fact]
    public void Where_the_adverts_of_one_family_get_lost_there_is_still_one_master()
    {
        using World world = Settled(Usual with { HasIpv6 = true });
        foreach (WireFaults wire in world.Cables.SelectMany(cable => cable.Faults)) wire.LosesIpv6 = true;
        long before = world.Judge.Mastership.Changes;
        world.RunFor(120 * Second);
        Assert.Equal(before, world.Judge.Mastership.Changes);
        world.MustBeGood();
    }

    /// <summary>Of many addresses of one virtual host that did not move together.</summary>
    [Fact]
    public void All_addresses_of_a_virtual_host_move_at_once_and_are_announced()
    {
        const int Aliases = 14;
        using World world = Settled(Usual with { Aliases = Aliases });
        var listener = new Listener(world);
        world.Happen(FaultKind.Kill, target: 0, lasts: 5 * Second);
        world.RunFor(2 * Second);
        Assert.Equal(Aliases + 1, listener.Announced.Count);
        world.RunFor(20 * Second);
        world.MustBeGood();
    }

    /// <summary>Of maintenance that demoted nobody.</summary>
    [Fact]
    public void Maintenance_moves_everything_at_once_until_it_is_over()
    {
        using World world = Settled(Usual);
        world.Happen(FaultKind.Maintenance, target: 0, lasts: 60 * Second);
        world.RunFor(20 * Millisecond);
        for (int i = 0; i < 59; i++)
        {
            Assert.Equal((1, 1), (world.MasterOf(0), world.MasterOf(1)));
            world.RunFor(Second);
        }

        world.RunFor(5 * Second);
        Assert.Equal((0, 0), (world.MasterOf(0), world.MasterOf(1)));
        world.MustBeGood();
    }

    /// <summary>Of hypervisors that let no other MAC address out, where gratuitous ARP is all that moves the traffic.</summary>
    [Fact]
    public void With_the_ports_own_mac_addresses_routed_flows_follow_too()
    {
        using World world = Settled(Usual with { UsesPortMac = true });
        world.Happen(FaultKind.Kill, target: 0, lasts: 15 * Second);
        world.RunFor(40 * Second);
        Assert.True(world.Users.Done > 4);
        world.MustBeGood();
    }

    /// <summary>Of a demotion below zero, which made two masters.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(255)]
    public void No_demotion_makes_two_masters(int demotion)
    {
        for (int demoted = 0; demoted < 3; demoted++)
        {
            using World world = Settled(Usual);
            foreach (SimulatedBox box in world.Boxes.Where(box => demoted == 2 || box.Index == demoted))
                box.Operate((life, now) => life.Failover.AdjustDemotion(demotion, now));
            world.RunFor(20 * Second);
            Assert.Equal((1, 1), (world.MastersOf(0), world.MastersOf(1)));
            Assert.InRange(world.Judge.Mastership.LongestTwo, 0, 50 * Millisecond);
        }
    }

    /// <summary>Hears all that is said to everybody on lan.</summary>
    private sealed class Listener : IStation
    {
        public Listener(World world) => world.Switches[PairConfiguration.Lan].Connect("listener", this, 0);

        public HashSet<Ipv4Address> Announced { get; } = [];

        public void Hear(int port, byte[] frame)
        {
            bool isArp = EthernetView.TryParse(frame, out EthernetView ethernet) && ethernet.EtherType == EtherType.Arp;
            if (!isArp || !ArpView.TryParse(ethernet.Payload, out ArpView arp) || !arp.IsAnnouncement) return;
            Announced.Add(arp.SenderProtocolAddress);
        }
    }
}
