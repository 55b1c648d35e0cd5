using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>When neighbours and switches are told where the addresses are.</summary>
public sealed class CarpAnnouncementTests
{
    [Fact]
    public void A_takeover_is_announced_in_six_rounds()
    {
        CarpBench bench = Master(OnWan());
        Assert.Equal([0, 30, 250, 1000, 2000, 5000], Times(bench, 20 * Second));
    }

    [Fact]
    public void Every_address_is_announced_a_few_at_a_time()
    {
        string addresses = string.Join(' ', Enumerable.Range(10, 40).Select(i => $"192.0.2.{i}"));
        CarpBench bench = Master(OnWan(addresses));
        (int Count, long At)[] shares = [(16, 0), (16, 10), (8, 20), (16, 30), (16, 40), (8, 50)];
        Assert.Equal(shares.SelectMany(share => Enumerable.Repeat(share.At, share.Count)), Times(bench, Second / 5));
        Assert.Equal(40, bench.Said.Where(said => said.StartsWith("announce", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public void A_rival_that_gives_in_is_corrected_once_in_half_an_interval()
    {
        CarpBench bench = Master(OnWan());
        bench.Pass(20 * Second + (Second * 6 / 10));
        bench.Take();
        for (int i = 0; i < 50; i++) bench.Hear(bench.Group, new CarpInterval(1, 100));
        bench.Pass(Second / 10);
        Assert.Equal("advertise 1+0, announce 192.0.2.10", bench.Take());
        bench.Pass(Second / 2);
        bench.Hear(bench.Group, new CarpInterval(1, 100));
        bench.Pass(Second / 10);
        Assert.Equal("advertise 1+0, announce 192.0.2.10", bench.Take());
    }

    /// <summary>No advertisement of this box's will teach the switches, or hosts, what the rival has just told them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rival_right_behind_an_advertisement_that_teaches_nobody_is_corrected_half_an_interval_later(bool hasPeer)
    {
        CarpBench bench = Master(hasPeer ? OnWan() with { PeerIpv4 = Rival } : OnWan() with { UsesPortMac = true });
        bench.Pass((20 * Second) + 2);
        bench.Take();
        for (int i = 0; i < 50; i++) bench.Hear(bench.Group, new CarpInterval(1, 100));
        bench.Pass((Second / 2) - 2);
        Assert.Equal("", bench.Take());
        bench.Pass(Second / 10);
        Assert.Equal("announce 192.0.2.10", bench.Take());
    }

    /// <summary>A round may be seconds away.</summary>
    [Fact]
    public void Behind_a_rival_a_round_that_is_far_away_comes_earlier()
    {
        CarpBench bench = Master(OnWan() with { PeerIpv4 = Rival });
        bench.Pass((2 * Second) + (Second * 6 / 10));
        bench.Take();
        bench.Hear(bench.Group, new CarpInterval(1, 100));
        bench.Pass(Second / 10);
        Assert.Equal("advertise 1+0, announce 192.0.2.10", bench.Take());
    }

    [Fact]
    public void Standing_down_ends_the_announcements()
    {
        CarpBench bench = Master(OnWan());
        bench.Hear(bench.Group, new CarpInterval(0, 1));
        bench.Take();
        bench.Pass(Second);
        Assert.Equal("", bench.Take());
    }

    /// <summary>It is spoken to by its own address, and switches forget who says nothing.</summary>
    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 0)]
    public void A_backup_with_a_peer_shows_its_own_MAC_every_minute(bool hasPeer, int shown)
    {
        var bench = new CarpBench(Settings(OnWan() with { PeerIpv4 = hasPeer ? Rival : null }));
        for (int second = 0; second < 599; second++)
        {
            bench.Hear(bench.Group, new CarpInterval(0, 1));
            bench.Pass(Second);
        }

        Assert.Equal(CarpState.Backup, bench.Group.State);
        byte[][] frames = [.. bench.Frames];
        Assert.Equal(shown, frames.Length);
        Assert.All(frames, frame => Assert.Equal(bench.Group.Port.Mac, Appliance.Wire.Ethernet.MacAddress.Read(frame.AsSpan(6))));
    }

    /// <summary>Advertisements to one station come from the port's MAC: nothing else would teach the switches the virtual one.</summary>
    [Theory]
    [InlineData("192.0.2.10", true, 33)]
    [InlineData("192.0.2.10", false, 0)]
    [InlineData("192.0.2.10 2001:db8::10", true, 0)]                  // IPv6 still goes to the group
    public void With_a_peer_the_virtual_MAC_is_shown_every_three_seconds(string addresses, bool hasPeer, int shown)
    {
        CarpBench bench = Master(OnWan(addresses) with { PeerIpv4 = hasPeer ? Rival : null });
        bench.Pass((6 * Second) + 2);
        bench.Take();
        bench.Pass(100 * Second);
        byte[][] announcements = [.. bench.Frames.Where(frame => frame[12] == 8 && frame[13] == 6)];
        Assert.Equal(shown, announcements.Length);
        Assert.All(announcements, frame => Assert.Equal("00005e000101", Convert.ToHexStringLower(frame.AsSpan(6, 6))));
    }

    [Fact]
    public void A_group_whose_port_is_down_waits_for_nothing()
    {
        CarpBench bench = Master(OnWan() with { PeerIpv4 = Rival });
        bench.Pass(20 * Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
        bench.SetPort(Wan, LinkState.Down);
        Assert.Equal(MonotonicTime.Never, bench.Group.NextDeadline);
    }

    [Fact]
    public void In_the_ports_own_MAC_a_new_MAC_is_announced()
    {
        CarpBench bench = Master(OnWan() with { UsesPortMac = true });
        bench.Pass(20 * Second);
        bench.Take();
        bench.Do(now => bench.Node.OnPort(Port(Wan) with { Mac = new Wire.Ethernet.MacAddress(0x0299_0000_0001) }, now));
        bench.Pass(Second / 10);
        Assert.Contains("announce 192.0.2.10", bench.Said);
        Assert.Equal("029900000001", Convert.ToHexStringLower(bench.Frames[^1].AsSpan(6, 6)));
    }

    private static CarpBench Master(CarpGroupSettings group)
    {
        var bench = new CarpBench(Settings(group));
        bench.Pass((3 * Second) - 1);
        bench.Take();
        return bench;
    }

    /// <summary>Of each announcement, milliseconds after the takeover.</summary>
    private static long[] Times(CarpBench bench, long nanoseconds)
    {
        List<long> times = [];
        bench.Pass(1);
        MonotonicTime start = bench.Now;
        Collect();
        while (bench.Now - start < nanoseconds)
        {
            bench.Pass(Second / 1000);
            Collect();
        }

        return [.. times];

        void Collect()
        {
            int announced = bench.Said.Count(said => said.StartsWith("announce", StringComparison.Ordinal)) - times.Count;
            for (int i = 0; i < announced; i++) times.Add((bench.Now - start) / (Second / 1000));
        }
    }
}
