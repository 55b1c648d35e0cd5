using Appliance.Engine;
using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>Groups that are to be handed over, and a peer that cannot have them.</summary>
public sealed class NobodyTakesOverTests
{
    private static readonly PortId Lan = new(0), Wan = new(1);

    [Theory]
    [InlineData("dead", "1@lan: none is there")]
    [InlineData("without a link", "1@lan: there it is INIT")]
    [InlineData("without the group", "2@wan: it has no such group")]
    public void Who_is_to_hand_over_and_has_nobody_stays_master_and_says_why(string peer, string reason)
    {
        using PairBench bench = Settled();
        Trouble(bench, peer);
        bench.Told.Clear();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(5 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));
        Assert.DoesNotContain(bench.Told, told => told.Box == 0);
        Assert.Equal($"no peer on the lane can take over group {reason}", bench.Boxes[0].WhyNotHandedOver);
        Assert.False(bench.Boxes[0].IsDraining);
    }

    /// <summary>It is demoted, as in FreeBSD, so whoever comes and preempts has the addresses.</summary>
    [Fact]
    public void Who_is_out_of_service_and_has_nobody_stays_master_until_another_comes()
    {
        using PairBench bench = Settled();
        Trouble(bench, "dead");
        bench.Told.Clear();
        bench.Boxes[0].SetMaintenance(isOn: true, bench.Now);
        bench.Run(5 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));
        Assert.Empty(bench.Told);
        Assert.Equal(240, bench.Boxes[0].Carp.Ledger.Total);
        Assert.Contains("none is there", bench.Boxes[0].WhyNotHandedOver, StringComparison.Ordinal);
        bench.Dead.Clear();
        bench.Restart(1);
        bench.Run(20 * Second);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Boxes[0].SetMaintenance(isOn: false, bench.Now);
        bench.Run(20 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    /// <summary>It takes nothing by itself; what is given to it it has.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_was_told_to_hand_over_before_is_somebody(bool isMaintenance)
    {
        using PairBench bench = Settled();
        if (isMaintenance) bench.Boxes[1].SetMaintenance(isOn: true, bench.Now);
        else bench.Boxes[1].HandOver(bench.Now);
        bench.Run(Second);
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(50 * Millisecond);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.Null(bench.Boxes[0].WhyNotHandedOver);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Where_others_may_be_that_no_lane_knows_it_hands_over(string? lane)
    {
        using var bench = new PairBench(box => Yaml(box, lane, more: lane is null ? "peers: open" : ""));
        bench.Run(20 * Second);
        Trouble(bench, "dead");
        bench.Boxes[0].HandOver(bench.Now);
        Assert.Equal("BACKUP BACKUP", bench.StatesOf(0));
    }

    /// <summary>It would be nobody's until its adverts are missed; what the peer has is handed over all the same.</summary>
    [Theory]
    [InlineData("without a link", "1@lan")]
    [InlineData("without the group", "3@lan")]
    public void Who_loses_a_port_keeps_what_the_peer_cannot_take(string peer, string kept)
    {
        using var bench = new PairBench(box => box == 0 || peer == "without a link" ? WithVhid3(box) : Yaml(box));
        bench.Run(20 * Second);
        Assert.Equal("MASTER MASTER MASTER", bench.StatesOf(0));
        Trouble(bench, peer == "without the group" ? "" : peer);
        bench.Told.Clear();
        bench.Boxes[0].OnLink(Wan, LinkState.Down, bench.Now);
        bench.Run(5 * Second);
        Assert.DoesNotContain(bench.Told, told => told.Entry.Group == kept);
        Assert.Contains(bench.Told, told => (told.Box, told.Entry.Group, told.Entry.To) == (1, "2@wan", CarpState.Master));
        bool hasLink = peer != "without a link";
        Assert.Equal(hasLink, bench.Told.Exists(told => (told.Box, told.Entry.Group, told.Entry.To) == (1, "1@lan", CarpState.Master)));
    }

    private static void Trouble(PairBench bench, string peer)
    {
        if (peer == "dead") bench.Dead.Add(1);
        if (peer == "without a link") bench.Boxes[1].OnLink(Lan, LinkState.Down, bench.Now);
        string without = Yaml(1).Replace("    - {vhid: 2", "    # - {vhid: 2", StringComparison.Ordinal);
        if (peer == "without the group") bench.Boxes[1].Adopt(bench.Plan(1, without), bench.Now);
        bench.Run(Second);
    }

    private static string WithVhid3(int box) => Yaml(
        box,
        $"    - {{vhid: 3, port: lan, addresses: [192.168.1.253/24], password: sesame, advskew: {100 * box}}}\n"
            + $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}");

    private static PairBench Settled()
    {
        var bench = new PairBench(box => Yaml(box));
        bench.Run(20 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        return bench;
    }
}
