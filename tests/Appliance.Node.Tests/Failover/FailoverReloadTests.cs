using Appliance.Engine;
using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>What a pair knew of each other, was told and has promised, across configurations that change while it runs.</summary>
public sealed class FailoverReloadTests
{
    private const string Vhid1 = "    - {vhid: 1", NoVhid1 = "    # - {vhid: 1";

    private static readonly PortId Lan = new(0);

    [Fact]
    public void A_pair_that_has_its_lane_no_more_takes_over_as_one_that_never_had_it()
    {
        using PairBench bench = Settled();
        for (int box = 0; box < 2; box++) Reload(bench, box, Yaml(box, lane: ""));
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(0);
        Assert.Equal("MASTER MASTER", bench.Run(4 * Second).StatesOf(1));
    }

    [Fact]
    public void A_box_whose_key_is_another_than_its_peers_goes_by_adverts()
    {
        using PairBench bench = Settled();
        bench.Boxes[1].Adopt(bench.Plan(1, Yaml(1), new string('a', 64)), bench.Now);
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Dead.Add(0);
        Assert.Equal("MASTER MASTER", bench.Run(4 * Second).StatesOf(1));
    }

    /// <summary>It cannot bow out of it, for its wire is cut; but it tells by the lane what it has.</summary>
    [Fact]
    public void A_group_that_the_peer_claims_no_more_is_nobodys()
    {
        using PairBench bench = Settled();
        bench.Cut.Add(Lan);
        bench.Run(10 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        Reload(bench, 0, Yaml(0).Replace(Vhid1, NoVhid1, StringComparison.Ordinal));
        Assert.Equal("MASTER BACKUP", bench.Run(4 * Second).StatesOf(1));
        Assert.Equal("MASTER", bench.StatesOf(0));
    }

    [Fact]
    public void Who_trusts_its_peer_alone_from_now_on_hears_it_at_once()
    {
        using PairBench bench = Settled("peers: open");
        Reload(bench, 0, Yaml(0));
        bench.Run(5 * Second);
        Reload(bench, 1, Yaml(1));
        bench.Run(5 * Second);
        Assert.Equal(0ul, Refused(bench));
        bench.Boxes[0].AdjustDemotion(240, bench.Now);
        Assert.Equal("MASTER MASTER", bench.Run(Second).StatesOf(1));
    }

    /// <summary>The other has no lane yet, and so cannot announce what it says: what was heard before proves that it lives.</summary>
    [Fact]
    public void A_backup_that_is_given_a_lane_first_goes_on_hearing_its_master()
    {
        using PairBench bench = Settled(lane: "");
        bench.Told.Clear();
        Reload(bench, 1, Yaml(1));
        bench.Run(10 * Second);
        Assert.Empty(bench.Told);
        Reload(bench, 0, Yaml(0));
        bench.Run(10 * Second);
        Assert.Empty(bench.Told);
        Assert.Equal(0ul, Refused(bench));
        bench.Dead.Add(0);
        Assert.Equal("MASTER MASTER", bench.Run(25 * Millisecond).StatesOf(1));
    }

    [Fact]
    public void A_backup_that_is_given_a_lane_first_takes_over_from_a_dead_master_whatever_is_sent_again()
    {
        using PairBench bench = Settled(lane: "");
        bench.Cut.Add(Lan);
        bench.Run(Second);
        byte[] unheard = Adverts(bench)[^1];
        bench.Cut.Clear();
        Reload(bench, 1, Yaml(1));
        bench.Run(5 * Second);
        byte[][] heard = Adverts(bench)[^3..];
        bench.Dead.Add(0);
        foreach (byte[] recorded in heard)
        {
            Assert.Equal("BACKUP BACKUP", bench.StatesOf(1));
            Assert.Equal(CarpRefusal.Replayed, Hear(bench, recorded));
            bench.Run(Second * 3 / 4);
        }

        Assert.Equal("MASTER MASTER", bench.Run(2 * Second).StatesOf(1));
        Assert.Equal(CarpRefusal.NotAnnounced, Hear(bench, unheard));   // it has been master
    }

    /// <summary>It has heard nobody yet, so what it hears may be a recording.</summary>
    [Fact]
    public void A_box_that_starts_with_a_lane_is_held_back_by_no_recording()
    {
        using PairBench before = Settled(lane: ""), bench = new(box => Yaml(box));
        bench.Dead.Add(0);
        foreach (byte[] recorded in Adverts(before)[^4..])
        {
            Assert.Equal(CarpRefusal.NotAnnounced, Hear(bench, recorded));
            bench.Run(Second);
        }

        Assert.Equal("MASTER MASTER", bench.StatesOf(1));
    }

    /// <summary>What it said while any valid advert counted was not taken by the window of those that count now.</summary>
    [Fact]
    public void A_recording_of_when_every_valid_advert_counted_counts_no_more()
    {
        using PairBench bench = Settled("peers: open");
        Reload(bench, 0, Yaml(0));
        bench.Run(5 * Second);
        byte[] recorded = bench.Sent.Last(sent => sent.Box == 0 && sent.Port == Lan && sent.Frame.Length < 80).Frame;
        Reload(bench, 1, Yaml(1));
        ulong before = Refused(bench);
        bench.Boxes[1].OnFrame(Lan, [.. recorded], bench.Now);
        Assert.Equal(before + 1, Refused(bench));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_group_that_is_taken_out_and_put_back_is_heard_and_says_nothing_twice(long awayMilliseconds)
    {
        using PairBench bench = Settled();
        byte[] recorded = bench.Sent.Last(sent => sent.Box == 0 && sent.Port == Lan && sent.Frame.Length < 80).Frame;
        Reload(bench, 0, Yaml(0).Replace(Vhid1, NoVhid1, StringComparison.Ordinal));
        bench.Run(awayMilliseconds * Millisecond);
        Reload(bench, 0, Yaml(0));
        bench.Run(20 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));
        ulong before = Refused(bench);
        bench.Run(5 * Second);
        Assert.Equal(before, Refused(bench));
        bench.Boxes[1].OnFrame(Lan, [.. recorded], bench.Now);
        Assert.Equal(before + 1, Refused(bench));
    }

    [Fact]
    public void What_was_handed_over_stays_so_when_the_peer_that_lives_speaks_by_another_lane()
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(12 * Second);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        Reload(bench, 1, Yaml(1, $"  sync: {{port: sync, peer: 10.9.0.1, key-file: sync.key, detect-milliseconds: 40}}"));
        bench.Run(20 * Second);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    /// <summary>It would preempt alone, and leave the box's other side behind, each time that it was given back.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(10)]                                                    // for so long nobody else has it, so it is taken
    public void A_group_that_comes_when_all_were_handed_over_stays_where_the_others_are(long betweenSeconds)
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(Second);
        Reload(bench, 0, WithVhid3(0));
        bench.Run(betweenSeconds * Second);
        Reload(bench, 1, WithVhid3(1));
        bench.Run(15 * Second);
        bench.Told.Clear();
        bench.Run(45 * Second);
        Assert.Equal(("BACKUP BACKUP BACKUP", "MASTER MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.Empty(bench.Told);
        bench.Boxes[0].TakeBack(bench.Now);
        Assert.Equal("MASTER MASTER MASTER", bench.Run(2 * Second).StatesOf(0));
    }

    [Fact]
    public void A_group_that_comes_in_the_place_of_all_that_were_handed_over_is_so_too()
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(Second);
        for (int box = 0; box < 2; box++)
        {
            Reload(bench, box, WithVhid3(box).Replace(Vhid1, NoVhid1, StringComparison.Ordinal)
                .Replace("    - {vhid: 2", "    # - {vhid: 2", StringComparison.Ordinal));
        }

        bench.Run(30 * Second);
        Assert.Equal(("BACKUP", "MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    /// <summary>What was handed over is no more, once the peer was gone.</summary>
    [Fact]
    public void A_group_that_comes_when_all_are_here_again_is_the_better_boxs()
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(Second);
        bench.Dead.Add(1);
        bench.Run(Second);
        bench.Dead.Clear();
        bench.Restart(1);
        bench.Run(20 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        for (int box = 0; box < 2; box++) Reload(bench, box, WithVhid3(box));
        Assert.Equal("MASTER MASTER MASTER", bench.Run(Second).StatesOf(0));
    }

    [Fact]
    public void The_end_of_maintenance_does_not_end_what_was_handed_over()
    {
        using PairBench bench = Settled();
        bench.Boxes[0].HandOver(bench.Now);
        bench.Run(Second);
        bench.Boxes[0].SetMaintenance(isOn: true, bench.Now);
        bench.Run(Second);
        bench.Boxes[0].SetMaintenance(isOn: false, bench.Now);
        bench.Run(20 * Second);
        Assert.Equal(("BACKUP BACKUP", "MASTER MASTER"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Boxes[0].TakeBack(bench.Now);
        Assert.Equal("MASTER MASTER", bench.Run(2 * Second).StatesOf(0));
    }

    [Fact]
    public void Taking_back_is_tried_once()
    {
        using var bench = new PairBench(box => Yaml(box).Replace("preempt: on", "preempt: off", StringComparison.Ordinal));
        bench.Run(20 * Second);
        bench.Boxes[0].TakeBack(bench.Now);                             // it has them
        bench.Boxes[1].TakeBack(bench.Now);                             // it is the worse one
        bench.Run(3 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Boxes[0].AdjustDemotion(240, bench.Now);
        bench.Run(5 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    private static string WithVhid3(int box) => Yaml(
        box,
        $"    - {{vhid: 3, port: lan, addresses: [192.168.1.253/24], password: sesame, advskew: {100 * box}}}\n"
            + $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}");

    private static PairBench Settled(string more = "", string? lane = null)
    {
        var bench = new PairBench(box => Yaml(box, lane, more: more));
        bench.Run(20 * Second);
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        return bench;
    }

    private static void Reload(PairBench bench, int box, string yaml) => bench.Boxes[box].Adopt(bench.Plan(box, yaml), bench.Now);

    /// <summary>Of the first box on lan, in their order.</summary>
    private static byte[][] Adverts(PairBench bench) =>
    [
        .. bench.Sent.Where(sent => sent.Box == 0 && sent.Port == Lan && sent.Frame.Length is > 60 and < 80).Select(sent => sent.Frame),
    ];

    /// <summary>How the second box judges it on lan.</summary>
    private static CarpRefusal Hear(PairBench bench, byte[] advert)
    {
        CarpStatistics statistics = bench.Boxes[1].Carp.Statistics;
        CarpRefusal[] all = Enum.GetValues<CarpRefusal>();
        ulong[] before = [.. all.Select(refusal => statistics[refusal])];
        bench.Boxes[1].OnFrame(Lan, [.. advert], bench.Now);
        return all.FirstOrDefault(refusal => statistics[refusal] != before[(int)refusal]);
    }

    /// <summary>Adverts that the second box has not believed, though they were authentic.</summary>
    private static ulong Refused(PairBench bench) => bench.Boxes[1].Carp.Statistics[CarpRefusal.NotAnnounced];
}
