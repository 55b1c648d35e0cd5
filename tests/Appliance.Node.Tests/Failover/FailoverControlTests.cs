using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>A pair as its configurations ask, from frame to frame and from the data plane's side.</summary>
public sealed class FailoverControlTests
{
    private static readonly PortId Sync = new(2);

    [Fact]
    public void The_data_plane_has_the_addresses_before_the_first_advert_leaves_and_has_them_no_more_behind_the_last()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.True(bench.Hosts[0][0].IsHeld(1) && bench.Hosts[0][1].IsHeld(2));
        Assert.False(bench.Hosts[1][0].IsHeld(1) || bench.Hosts[1][1].IsHeld(2));
        Assert.All(bench.Sent.Where(sent => sent.Port.Index == 0 && IsAdvert(sent.Frame)), sent => Assert.True(sent.WasHeld));
        Assert.Contains(bench.Told, told => told.Box == 0 && told.Entry.To == CarpState.Master);
    }

    [Fact]
    public void A_dead_master_is_replaced_within_the_detection_time_on_both_sides()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        bench.Dead.Add(0);
        bench.Run(25 * Millisecond);
        Assert.Equal("MASTER MASTER", bench.StatesOf(1));
    }

    /// <summary>Spoken to by its port's address before anybody has missed it, it would forward what its peer knows better.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]                                           // nobody is there to ask
    [InlineData(false, true)]
    public void A_box_with_the_ports_own_mac_addresses_forwards_nothing_before_it_has_asked(bool isPortMac, bool hasPeer)
    {
        using var bench = new PairBench(
            box => isPortMac ? Yaml(box).Replace("password", "mac: port, password", StringComparison.Ordinal) : Yaml(box));
        if (!hasPeer) bench.Dead.Add(1);
        Assert.Equal(isPortMac, bench.Boxes[0].Lease.IsOver(bench.Now));
        bench.Run(10 * Millisecond);
        Assert.Equal(isPortMac, bench.Boxes[0].Lease.IsOver(bench.Now));
        bench.Run(Second);
        Assert.False(bench.Boxes[0].Lease.IsOver(bench.Now));
    }

    [Fact]
    public void Without_a_lane_it_takes_three_intervals_and_the_skew()
    {
        using var bench = new PairBench(box => Yaml(box, lane: ""));
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(0);
        Assert.Equal("BACKUP BACKUP", bench.Run(2 * Second).StatesOf(1));
        Assert.Equal("MASTER MASTER", bench.Run(2 * Second).StatesOf(1));
    }

    [Fact]
    public void Who_hands_over_takes_what_is_under_way_for_a_moment_and_who_lost_its_port_nothing()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        VirtualHosts lan = bench.Hosts[0][0];
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(50 * Millisecond);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.True(lan.Takes(CarpAddresses.VirtualMac(1)));
        Assert.False(lan.IsHeld(1));
        bench.Run(FailoverControl.LingerNanoseconds);
        Assert.False(lan.Takes(CarpAddresses.VirtualMac(1)));
        bench.Boxes[1].OnLink(new PortId(0), LinkState.Down, bench.Now);
        bench.Run(10 * Millisecond);
        Assert.False(bench.Hosts[1][0].Takes(CarpAddresses.VirtualMac(1)));
        Assert.Equal(("MASTER MASTER", "INIT BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    [Fact]
    public void Who_slept_gives_all_up_before_it_says_anything()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        bench.Dead.Add(0);
        bench.Run(5 * Second);
        bench.Dead.Clear();
        bench.Sent.Clear();
        bench.Boxes[0].Step(bench.Now);
        Assert.False(bench.Hosts[0][0].Takes(CarpAddresses.VirtualMac(1)));
        Assert.DoesNotContain(bench.Sent, sent => sent.Box == 0 && IsAdvert(sent.Frame));
        bench.Run(100 * Millisecond);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    /// <summary>Nobody was there when it fell asleep; somebody may have come, and what he said is unread.</summary>
    [Theory]
    [InlineData("leave")]
    [InlineData("hand over")]
    [InlineData("maintenance")]
    [InlineData("demote")]
    public void Who_slept_alone_and_is_told_something_hears_first_whether_another_has_taken_over(string told)
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Dead.Add(1);
        bench.Run(10 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));
        bench.Dead.Clear();
        bench.Dead.Add(0);
        bench.Run(10 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(1));
        bench.Dead.Clear();
        bench.Sent.Clear();
        Tell(bench.Boxes[0]);
        bench.Run(Second / 5);
        Assert.DoesNotContain(bench.Sent, sent => sent.Box == 0 && IsAdvert(sent.Frame));
        bench.Run(Second);
        Assert.Equal(told == "leave", bench.Boxes[0].HasLeft);
        if (told is "leave" or "maintenance") Assert.Equal("MASTER MASTER", bench.StatesOf(1));

        void Tell(FailoverControl box)
        {
            if (told == "leave") box.Leave(bench.Now);
            if (told == "hand over") box.HandOver(bench.Now);
            if (told == "maintenance") box.SetMaintenance(isOn: true, bench.Now);
            if (told == "demote") box.AdjustDemotion(1, bench.Now);
        }
    }

    /// <summary>A plain CARP neighbour would else wait until it takes it for dead.</summary>
    [Fact]
    public void Who_slept_alone_and_is_master_still_bows_out_when_it_has_listened()
    {
        using PairBench bench = AwakeAlone();
        bench.Boxes[0].Leave(bench.Now);
        bench.Run(Millisecond / 2);
        Assert.DoesNotContain(bench.Sent, sent => IsAdvert(sent.Frame));
        bench.Run(Second);
        Assert.Contains(bench.Sent, sent => IsAdvert(sent.Frame));
        Assert.True(bench.Boxes[0].HasLeft);
    }

    [Fact]
    public void What_it_is_told_while_it_listens_comes_behind_what_it_was_told_before()
    {
        using PairBench bench = AwakeAlone();
        bench.Boxes[0].SetMaintenance(isOn: true, bench.Now);
        bench.Boxes[0].SetMaintenance(isOn: false, bench.Now);
        Assert.DoesNotContain(bench.Sent, sent => IsAdvert(sent.Frame));
        bench.Run(2 * Millisecond);
        Assert.Contains(bench.Sent, sent => IsAdvert(sent.Frame));
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));               // there is nobody else
        Assert.Equal(0, bench.Boxes[0].Carp.Ledger.Total);
    }

    /// <summary>Before anybody missed it: whom it was handed to is gone, and who took it is held back no longer.</summary>
    [Fact]
    public void Who_has_handed_over_takes_back_what_another_life_of_the_peer_does_not_have()
    {
        using var bench = new PairBench(box => Yaml(
            box, $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key, detect-milliseconds: 500}}"));
        bench.Run(5 * Second);
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(Second);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(1);
        bench.Run(10 * Millisecond);
        bench.Dead.Clear();
        bench.Restart(1);
        bench.Run(Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    /// <summary>By the workers' own clock, and before the peer can have taken over: 20 ms after the last heartbeat.</summary>
    [Fact]
    public void The_lease_of_a_master_ends_when_it_does_not_breathe_and_a_backup_needs_none()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        ActingLease master = bench.Boxes[0].Lease, backup = bench.Boxes[1].Lease;
        Assert.False(master.IsOver(bench.Now + (10 * Millisecond)));
        Assert.True(master.IsOver(bench.Now + (16 * Millisecond)));
        Assert.False(backup.IsOver(MonotonicTime.Never));
        bench.Dead.Add(0);
        bench.Run(5 * Second);
        bench.Dead.Clear();
        int before = master.Lapses;
        bench.Boxes[0].Step(bench.Now);
        Assert.NotEqual(before, master.Lapses);
        Assert.False(master.IsOver(MonotonicTime.Never));               // it is nobody any more
    }

    /// <summary>Nobody can take over by a lane in which nobody is: a thread that is a little late drops nothing then.</summary>
    [Fact]
    public void The_lease_of_a_master_that_is_alone_is_as_without_a_lane_until_somebody_speaks()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        ActingLease master = bench.Boxes[0].Lease;
        bench.Dead.Add(1);
        bench.Run(15 * Millisecond);
        Assert.True(master.IsOver(bench.Now + (16 * Millisecond)));
        bench.Run(50 * Millisecond);
        Assert.False(master.IsOver(bench.Now + (1900 * Millisecond)));
        Assert.True(master.IsOver(bench.Now + (3 * Second) + Millisecond));
        bench.Dead.Clear();
        bench.Run(6 * Millisecond);
        Assert.True(master.IsOver(bench.Now + (16 * Millisecond)));
    }

    /// <summary>It may be master still, and for long.</summary>
    [Fact]
    public void The_silence_of_a_master_that_did_not_hear_us_is_no_proof_and_adverts_decide()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        bench.Deaf.Add(0);
        bench.Run(100 * Millisecond);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(0);
        Assert.Equal("BACKUP BACKUP", bench.Run(Second).StatesOf(1));
        Assert.Equal("MASTER MASTER", bench.Run(3 * Second).StatesOf(1));
    }

    [Fact]
    public void Without_a_lane_it_ends_when_others_take_the_master_for_dead()
    {
        using var bench = new PairBench(box => Yaml(box, lane: ""));
        bench.Run(10 * Second);
        ActingLease master = bench.Boxes[0].Lease;
        Assert.False(master.IsOver(bench.Now + (2 * Second)));
        Assert.True(master.IsOver(bench.Now + (3 * Second) + Millisecond));
    }

    [Fact]
    public void Addresses_change_live_on_one_box_after_the_other_and_nobody_moves()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(10 * Second);
        bench.Told.Clear();
        for (int box = 0; box < 2; box++)
        {
            string yaml = Yaml(box).Replace("[192.168.1.254/24]", "[192.168.1.254/24, 192.168.1.253/24]", StringComparison.Ordinal);
            bench.Boxes[box].Adopt(bench.Plan(box, yaml), bench.Now);
            bench.Run(7 * Second);
        }

        Assert.Empty(bench.Told);
    }

    [Fact]
    public void On_a_sub_port_all_is_said_with_its_tag()
    {
        using var bench = new PairBench(box => Yaml(box).Replace(
            "vhid: 1, port: lan, addresses: [192.168.1", "vhid: 1, port: lan.20, addresses: [192.168.20", StringComparison.Ordinal));
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.All(bench.Sent.Where(sent => sent.Port.Index == 0), sent => Assert.Equal([0x81, 0x00, 0x00, 20], sent.Frame[12..16]));
        bench.Dead.Add(0);
        Assert.Equal("MASTER MASTER", bench.Run(25 * Millisecond).StatesOf(1));
    }

    [Fact]
    public void Whoever_has_another_key_is_not_the_peer()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Boxes[1].Adopt(bench.Plan(1, Yaml(1), new string('a', 64)), bench.Now);
        bench.Run(Second);
        Assert.Equal(LaneState.Absent, bench.Boxes[0].Lane!.State);
        Assert.NotEqual(0ul, bench.Boxes[0].Lane![LaneRefusal.NotAuthentic]);
    }

    /// <summary>A greeting may be one: it names a life of ours that is over.</summary>
    [Fact]
    public void A_recording_of_the_peer_does_not_say_where_it_is()
    {
        using var bench = new PairBench(box => Yaml(box));
        bench.Run(Second);
        byte[] recorded = bench.Sent.Last(sent => sent.Box == 1 && sent.Port == Sync).Frame;
        bench.Dead.Add(1);
        bench.Boxes[0].Adopt(bench.Plan(0, Yaml(0), new string('a', 64)), bench.Now);
        bench.Boxes[0].Adopt(bench.Plan(0, Yaml(0)), bench.Now);
        new MacAddress(0x0200_0000_6666).WriteTo(recorded.AsSpan(MacAddress.Length));
        bench.Boxes[0].OnFrame(Sync, recorded, bench.Now);
        Assert.Equal(LaneState.Greeted, bench.Boxes[0].Lane!.State);
        Assert.Equal([MacAddress.Broadcast], Spoken());
        bench.Dead.Clear();
        Assert.Equal([MacAddress.Broadcast, new MacAddress(0x0200_0000_0102)], Spoken());

        MacAddress[] Spoken()
        {
            bench.Sent.Clear();
            bench.Run(15 * Millisecond);
            return [.. bench.Sent.Where(sent => sent.Box == 0 && sent.Port == Sync).Select(sent => MacAddress.Read(sent.Frame)).Distinct()];
        }
    }

    [Fact]
    public void A_box_without_its_pair_gives_up_what_it_had()
    {
        using var bench = new PairBench(box => Yaml(box, lane: ""));
        bench.Run(10 * Second);
        string alone = Yaml(0, lane: "").Replace("    - {vhid: 2", "    # - {vhid: 2", StringComparison.Ordinal);
        bench.Boxes[0].Adopt(bench.Plan(0, alone), bench.Now);
        bench.Run(Second);
        Assert.False(bench.Hosts[0][1].Takes(CarpAddresses.VirtualMac(2)));
        Assert.Equal(("MASTER", "BACKUP MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    [Fact]
    public void An_orderly_end_says_so_on_every_link_and_the_peer_does_not_wait()
    {
        using var bench = new PairBench(box => Yaml(box, lane: ""));
        bench.Run(10 * Second);
        bench.Boxes[0].Leave(bench.Now);
        bench.Dead.Add(0);
        bench.Run(Millisecond);
        Assert.Equal("MASTER MASTER", bench.StatesOf(1));
    }

    private static bool IsAdvert(byte[] frame) =>
        EthernetView.TryParse(frame, out EthernetView ethernet) && ethernet.EtherType == EtherType.Ipv4
        && ethernet.Destination == CarpAddresses.Ipv4GroupMac;

    /// <summary>The first box was alone when it fell asleep, and has just woken.</summary>
    private static PairBench AwakeAlone()
    {
        var bench = new PairBench(box => Yaml(box));
        bench.Dead.Add(1);
        bench.Run(10 * Second);
        bench.Dead.Add(0);
        bench.Run(Second);
        bench.Dead.Remove(0);
        bench.Sent.Clear();
        return bench;
    }

    private static string Yaml(int box, string? lane = null) =>
        PairBench.Yaml(box, lane, port: $"lan.20: {{parent: lan, vlan: 20, addresses: [192.168.20.{11 + box}/24]}}");
}
