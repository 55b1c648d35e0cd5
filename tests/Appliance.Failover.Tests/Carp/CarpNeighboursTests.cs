using Appliance.Wire.Carp;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>What is different beside OpenBSD and beside ucarp.</summary>
public sealed class CarpNeighboursTests
{
    /// <summary>As it was measured with ucarp at 192.0.2.2, seen from its place.</summary>
    [Theory]
    [InlineData("192.0.2.2", "10.0.0.3", CarpState.Master)]
    [InlineData("192.0.2.2", "200.0.2.1", CarpState.Backup)]
    public void Among_equals_beside_ucarp_the_lower_last_octet_stays_master(string own, string rival, CarpState state)
    {
        var bench = new CarpBench(Settings(OnWan() with { Neighbours = CarpNeighbours.Ucarp }));
        bench.Do(now => bench.Node.OnPort(Port(Wan) with { Addresses = Addresses(own) }, now));
        bench.Pass(4 * Second);
        bench.Hear(bench.Group, new CarpInterval(1, 0), source: Addresses(rival)[0]);
        Assert.Equal(state, bench.Group.State);
    }

    [Theory]
    [InlineData("192.0.2.10", null)]
    [InlineData("192.0.2.10 192.0.2.11", "ucarp: it knows one IPv4 address and the group; expected those")]
    [InlineData("2001:db8::1", "ucarp: it knows one IPv4 address and the group; expected those")]
    public void Ucarp_knows_one_IPv4_address(string addresses, string? fault) =>
        Assert.Equal(fault, (OnWan(addresses) with { Neighbours = CarpNeighbours.Ucarp }).FindFault());

    [Fact]
    public void A_skew_of_255_and_a_vhid_of_0_are_faults()
    {
        Assert.Null(OnWan(skew: 254).FindFault());
        Assert.NotNull(OnWan(skew: 255).FindFault());
        Assert.NotNull(OnWan(vhid: 0).FindFault());
    }

    [Fact]
    public void Beside_OpenBSD_link_local_addresses_are_left_out_and_both_digests_believed()
    {
        CarpGroupSettings group = OnWan("2001:db8::10 fe80::10") with { Neighbours = CarpNeighbours.OpenBsd };
        var bench = new CarpBench(Settings(group));
        foreach (CarpDigestForm form in Enum.GetValues<CarpDigestForm>())
        {
            CarpHmac proof = CarpHmac.Of(group.Key, group.Vhid, group.Addresses.AsSpan(), form);
            byte[] frame = AdvertisementFrames.Make(group, Addresses("fe80::99")[0], new CarpFields(1, 1, 0, 5), proof);
            Assert.Equal(CarpRefusal.None, bench.HearFrame(Wan, frame));
        }

        bench.Pass(4 * Second);
        byte[] sent = bench.Frames.First(frame => frame[20] == (byte)IpProtocol.Carp);
        Assert.True(CarpView.TryParse(sent.AsSpan(54), out CarpView view));
        Assert.True(CarpHmac.Of(group.Key, 1, group.Addresses.AsSpan(), CarpDigestForm.WithoutLinkLocal).Verifies(view));
    }

    [Theory]
    [InlineData(0, 200, 1, CarpState.Master)]                         // slower in time, and worse in demotion
    [InlineData(0, 0, 1, CarpState.Master)]                           // equal in time: demotion is looked at first
    [InlineData(5, 200, 4, CarpState.Backup)]
    [InlineData(5, 0, 5, CarpState.Backup)]                           // equal in demotion: the interval decides
    public void OpenBSD_compares_demotion_before_the_interval(int mine, int theirSkew, int theirs, CarpState state)
    {
        var bench = new CarpBench(Settings(OnWan() with { Neighbours = CarpNeighbours.OpenBsd }));
        bench.Pass(4 * Second);
        bench.Do(now => bench.Node.Demote(DemotionCause.Administrative, "", mine, now));
        bench.Hear(bench.Group, new CarpInterval(1, (byte)theirSkew), demotion: (byte)theirs);
        Assert.Equal(state, bench.Group.State);
    }

    /// <summary>Whatever preemption says, as OpenBSD's backups do; nobody else's demotion is told.</summary>
    [Theory]
    [InlineData(CarpNeighbours.OpenBsd, 0, 1, CarpState.Master)]
    [InlineData(CarpNeighbours.OpenBsd, 1, 1, CarpState.Backup)]
    [InlineData(CarpNeighbours.OpenBsd, 2, 1, CarpState.Backup)]
    [InlineData(CarpNeighbours.OpenBsd, 300, 255, CarpState.Backup)]
    [InlineData(CarpNeighbours.FreeBsd, 0, 1, CarpState.Backup)]
    [InlineData(CarpNeighbours.Ucarp, 0, 1, CarpState.Backup)]
    public void A_demoted_master_is_relieved_beside_OpenBSD(CarpNeighbours neighbours, int mine, int theirs, CarpState state)
    {
        var bench = new CarpBench(Settings(OnWan(skew: 100) with { Neighbours = neighbours }));
        bench.Do(now => bench.Node.Demote(DemotionCause.Administrative, "", mine, now));
        bench.Hear(bench.Group, new CarpInterval(1, 100));
        bench.Hear(bench.Group, new CarpInterval(1, 100), demotion: (byte)theirs);
        Assert.Equal(state, bench.Group.State);
    }

    [Fact]
    public void A_box_that_was_handed_over_relieves_nobody_and_one_that_has_just_become_backup_waits()
    {
        CarpNodeSettings settings = Settings(OnWan() with { Neighbours = CarpNeighbours.OpenBsd });
        var held = new CarpBench(settings);
        held.Do(held.Node.HandOver);
        held.Hear(held.Group, new CarpInterval(1, 0), demotion: 1);
        Assert.Equal(CarpState.Backup, held.Group.State);
        var bench = new CarpBench(settings with { PreemptHoldDownNanoseconds = 2 * Second });
        bench.Hear(bench.Group, new CarpInterval(1, 0), demotion: 1);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(2 * Second);
        bench.Hear(bench.Group, new CarpInterval(1, 0), demotion: 1);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void The_demotion_byte_is_sent_to_OpenBSD_only()
    {
        foreach (CarpNeighbours neighbours in Enum.GetValues<CarpNeighbours>())
        {
            var bench = new CarpBench(Settings(OnWan() with { Neighbours = neighbours }));
            bench.Do(now => bench.Node.Demote(DemotionCause.Administrative, "", 300, now));
            bench.Pass(4 * Second);
            byte[] sent = bench.Frames.First(frame => frame[23] == (byte)IpProtocol.Carp);
            Assert.Equal(neighbours == CarpNeighbours.OpenBsd ? 255 : 0, sent[AdvertisementFrames.Ipv4PayloadOffset + 4]);
        }
    }

    [Fact]
    public void A_base_of_zero_gives_way_in_milliseconds()
    {
        var bench = new CarpBench(Settings(OnWan() with { Interval = new CarpInterval(0, 1) }));
        bench.Pass(11_718_749);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(1);
        Assert.Equal(CarpState.Master, bench.Group.State);
        bench.Take();
        bench.Pass(Second);
        Assert.Equal(256, bench.Said.Count(said => said == "advertise 0+1"));
    }
}
