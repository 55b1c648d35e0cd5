using Appliance.Engine;
using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>Ports with groups that are paths of the lane, that are none, and that come to be one on one box before the other.</summary>
public sealed class LanePathTests
{
    private static readonly PortId Lan = new(0), Sync = new(2);

    [Fact]
    public void A_dead_master_is_replaced_at_once_also_on_ports_that_are_no_paths()
    {
        using PairBench bench = Many("wan");
        Assert.Equal(LaneSettings.MaxPaths, bench.Boxes[0].Plan.Lane!.Ports.Length);
        bench.Dead.Add(0);
        bench.Run(25 * Millisecond);
        Assert.Equal(12, MastersOf(bench, 1));
    }

    /// <summary>One wire alone may be what is broken: the peer may live, and be master on a wire of which the lane knows nothing.</summary>
    [Fact]
    public void Where_only_one_path_was_left_its_silence_takes_nothing_over_elsewhere()
    {
        using PairBench bench = Many("lan");
        bench.Cut.Add(Lan);
        bench.Run(Second);
        bench.Told.Clear();
        bench.Cut.Add(Sync);
        bench.Run(10 * Second);
        Assert.DoesNotContain(bench.Told, told => told.Entry.Group.EndsWith("@wan", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_has_lost_its_own_links_takes_nothing_over_where_it_has_one()
    {
        using PairBench bench = Many("lan");
        bench.Told.Clear();
        foreach (PortId port in (PortId[])[Lan, Sync])
        {
            bench.Cut.Add(port);
            bench.Boxes[1].OnLink(port, LinkState.Down, bench.Now);
        }

        bench.Run(10 * Second);
        Assert.DoesNotContain(bench.Told, told => told.Entry.Group.EndsWith("@wan", StringComparison.Ordinal));
    }

    /// <summary>All that the lane had was one trunk: adverts on the wire that it does not know of mend it at once.</summary>
    [Fact]
    public void Where_all_paths_were_cut_and_the_peer_lives_one_of_the_two_is_master_again_at_once()
    {
        using PairBench bench = Many("lan");
        bench.Cut.UnionWith([Lan, Sync]);
        bench.Run(30 * Millisecond);
        Assert.Equal((CarpState.Master, CarpState.Backup), (OnWan(bench, 0), OnWan(bench, 1)));
        bench.Run(10 * Second);
        Assert.Equal((CarpState.Master, CarpState.Backup), (OnWan(bench, 0), OnWan(bench, 1)));
    }

    /// <summary>Its name stands between those of the others.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_port_that_has_a_group_on_one_box_alone_leaves_the_other_paths_as_they_are(int first)
    {
        using var bench = new PairBench(box => OneMore(box, hasMore: false));
        bench.Run(20 * Second);
        bench.Boxes[first].Adopt(bench.Plan(first, OneMore(first, hasMore: true)), bench.Now);
        bench.Run(Second);
        Assert.Equal([("lan", true), ("sync", true), ("wan", true)], Living(bench, 1 - first));
        Assert.Equal([("lan", true), ("lan.20", false), ("sync", true), ("wan", true)], Living(bench, first));
        bench.Cut.Add(Sync);
        bench.Cut.Add(Lan);
        bench.Run(Second);
        Assert.Equal((LaneState.Present, LaneState.Present), (bench.Boxes[0].Lane!.State, bench.Boxes[1].Lane!.State));
        bench.Cut.Clear();
        bench.Boxes[1 - first].Adopt(bench.Plan(1 - first, OneMore(1 - first, hasMore: true)), bench.Now);
        bench.Run(Second);
        for (int box = 0; box < 2; box++)
            Assert.Equal([("lan", true), ("lan.20", true), ("sync", true), ("wan", true)], Living(bench, box));
        Assert.Equal(("MASTER MASTER MASTER", "BACKUP BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
    }

    private static CarpState OnWan(PairBench bench, int box) =>
        bench.Boxes[box].Carp.Groups.Single(group => group.Port.Name == "wan").State;

    private static int MastersOf(PairBench bench, int box) =>
        bench.Boxes[box].Carp.Groups.Count(group => group.State == CarpState.Master);

    /// <summary>By which paths a box hears the other, and is heard.</summary>
    private static (string Port, bool IsAlive)[] Living(PairBench bench, int box)
    {
        FailoverControl control = bench.Boxes[box];
        return
        [
            .. control.Plan.Lane!.Ports
                .Select((port, path) => (
                    control.Plan.Find(port)!.Facts.Name,
                    control.Lane!.IsAlive(path, bench.Now) && control.Lane.DoesPeerHearOn(path)))
                .Order(),
        ];
    }

    /// <summary>A pair with groups on lan, wan and ten sub-ports.</summary>
    private static PairBench Many(string trunk)
    {
        var bench = new PairBench(box => Yaml(
            box,
            port: string.Join("\n  ", Enumerable.Range(10, 10).Select(vlan =>
                $"{trunk}.{vlan}: {{parent: {trunk}, vlan: {vlan}, addresses: [10.0.{vlan}.{11 + box}/24]}}")),
            lane: string.Join('\n', Enumerable.Range(10, 10).Select(vlan =>
                $"    - {{vhid: {vlan}, port: {trunk}.{vlan}, addresses: [10.0.{vlan}.1/24], password: sesame, advskew: {100 * box}}}"))
                + $"\n  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}"));
        bench.Run(20 * Second);
        Assert.Equal((12, 0), (MastersOf(bench, 0), MastersOf(bench, 1)));
        return bench;
    }

    private static string OneMore(int box, bool hasMore) => Yaml(
        box,
        port: $"lan.20: {{parent: lan, vlan: 20, addresses: [192.168.20.{11 + box}/24]}}",
        lane: (hasMore ? $"    - {{vhid: 3, port: lan.20, addresses: [192.168.20.1/24], password: sesame, advskew: {100 * box}}}\n" : "")
            + $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}");
}
