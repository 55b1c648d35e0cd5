using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>What a group does about what the peer claims of it.</summary>
public sealed class LaneClaimTests
{
    private const long Detect = 20_000_000;

    private static readonly CarpInterval Better = new(1, 0), Mine = new(1, 100), Worse = new(1, 200);

    [Theory]
    [InlineData(CarpState.Backup, 0, true, CarpState.Backup)]
    [InlineData(CarpState.Backup, 100, false, CarpState.Backup)]
    [InlineData(CarpState.Backup, 100, true, CarpState.Master)]        // equals: one end of the lane
    [InlineData(CarpState.Backup, 200, false, CarpState.Master)]
    [InlineData(CarpState.Initial, 0, false, CarpState.Master)]        // it may not take part
    [InlineData(CarpState.Master, 200, true, CarpState.Backup)]
    public void Of_two_that_are_not_master_the_better_one_takes_over(CarpState peer, byte skew, bool winsTies, CarpState expected)
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        bench.Pass(Second);
        Hear(bench, peer, new CarpInterval(1, skew), term: 0, winsTies);
        Assert.Equal(expected, bench.Group.State);
    }

    [Theory]
    [InlineData(0, 0, CarpState.Master)]
    [InlineData(0, 1, CarpState.Backup)]
    [InlineData(200, 1, CarpState.Master)]
    [InlineData(200, 2, CarpState.Backup)]
    public void Of_two_masters_the_later_one_is_right_and_of_two_at_once_the_better(byte skew, uint term, CarpState expected)
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        bench.Pass(4 * Second);
        Assert.Equal((CarpState.Master, 1u), (bench.Group.State, bench.Group.Term));
        Hear(bench, CarpState.Master, new CarpInterval(1, skew), term);
        Assert.Equal(expected, bench.Group.State);
    }

    [Fact]
    public void Who_handed_over_takes_nothing_from_a_peer_that_is_there()
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        bench.Pass(4 * Second);
        bench.Do(bench.Node.HandOver);
        bench.Pass(Second);
        Hear(bench, CarpState.Backup, Worse, term: 1);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Do(now => bench.Group.OnPeerLost(isProof: true, now));
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    /// <summary>It would after three intervals of silence in any case: there is nobody else who could.</summary>
    [Fact]
    public void Who_handed_over_takes_over_at_once_where_the_peer_has_no_link()
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        bench.Pass(4 * Second);
        bench.Do(bench.Node.HandOver);
        bench.Pass(Second);
        Hear(bench, CarpState.Initial, Worse, term: 1);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    /// <summary>While the peer says that it is master its silence on the wire moves nobody; no longer.</summary>
    [Fact]
    public void What_a_peer_claimed_that_is_gone_holds_nobody_back()
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        Hear(bench, CarpState.Master, Better, term: 1);
        bench.Pass(10 * Second);
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Do(now => bench.Group.OnPeerLost(isProof: false, now));
        Assert.Equal(CarpState.Backup, bench.Group.State);
        bench.Pass(4 * Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    [Fact]
    public void Of_more_groups_than_fit_into_a_message_all_are_claimed_in_turn()
    {
        var bench = new CarpBench(Settings([.. Enumerable.Range(1, 100).Select(vhid => OnWan($"192.0.2.{100 + vhid}", (byte)vhid))]));
        using var ends = new LaneEnds();
        ends.Pass(100);
        var pair = new LanePair(bench.Node, ends.Left, new LaneSettings(2), [Wan, Lan]);
        var claimed = new HashSet<byte>();
        var message = new byte[Lane.MaxMessageLength];
        MonotonicTime now = ends.Now;
        for (int beats = 0; beats < 2;)
        {
            now += LaneEnds.Millisecond;
            if ((pair.Step(now) & LaneTurn.Beat) == LaneTurn.None) continue;
            beats++;
            Assert.Equal(LaneHearing.Heartbeat, ends.Right.OnMessage(0, message.AsSpan(0, pair.Write(0, message)), now));
            claimed.UnionWith(ends.Right.Claims.Select(claim => claim.Vhid));
        }

        Assert.Equal(100, claimed.Count);
    }

    [Fact]
    public void A_box_that_is_alone_stays_master_though_it_slept_for_a_moment()
    {
        var bench = new CarpBench(Settings(OnWan()));
        bench.Pass(4 * Second);
        using var lane = new Lane(new LaneSettings(2), LaneEnds.Key(), session: 1, bench.Now);
        var pair = new LanePair(bench.Node, lane, new LaneSettings(2), [Wan, Lan]);
        bench.Do(now => pair.Step(now));
        bench.Do(now => pair.Step(now + (50 * LaneEnds.Millisecond)));
        Assert.Equal(CarpState.Master, bench.Group.State);
    }

    /// <summary>What neither has goes to where the box's other side is, better or not: sides that are apart carry nothing.</summary>
    [Theory]
    [InlineData(0, 1, CarpState.Master)]
    [InlineData(0, 0, CarpState.Backup)]
    [InlineData(200, 0, CarpState.Master)]
    [InlineData(200, -1, CarpState.Backup)]
    public void Of_two_that_are_not_master_the_one_with_the_other_side_takes_over(byte skew, int sides, CarpState expected)
    {
        var bench = new CarpBench(Settings(OnWan(skew: Mine.Skew)));
        bench.Pass(Second);
        Hear(bench, CarpState.Backup, new CarpInterval(1, skew), term: 0, sides: sides);
        Assert.Equal(expected, bench.Group.State);
    }

    private static void Hear(
        CarpBench bench, CarpState state, CarpInterval interval, uint term, bool winsTies = false, int sides = 0)
    {
        var claim = new LaneClaim(bench.Group.Port.Tag, bench.Group.Settings.Vhid, state, interval, term, NextCounter: 0);
        bench.Do(now => bench.Group.OnPeerClaim(claim, sides, winsTies, Detect, now));
    }
}
