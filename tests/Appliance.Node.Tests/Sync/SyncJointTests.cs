using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Sync;

/// <summary>States of real flows, over the lane's frames, from the workers of one box to those of the other.</summary>
public sealed class SyncJointTests
{
    private const string Fewer = "vrss: {indirection: 32}\n", OtherKey = "vrss: {key: microsoft}\n";

    [Fact]
    public void Flows_that_one_box_makes_the_other_has_and_both_prove_it()
    {
        using var pair = new JoinedPair();
        pair.Run(Second);
        for (int flow = 0; flow < 200; flow++) Assert.Equal(1, pair.Ask(0, flow));
        pair.Run(20 * Millisecond);
        Assert.Equal((400, 400), (pair.StatesOf(0), pair.StatesOf(1)));
        Assert.True(pair.AreInSync);
        Assert.True(pair.SyncOf(0).IsLeader);
        Assert.Equal(0, pair.SyncOf(0).OldestNanoseconds(pair.Bench.Now));
        Assert.Equal(pair.SyncOf(0)[SyncEvent.RecordsSent], pair.SyncOf(0)[SyncEvent.RecordsAcknowledged]);
        Assert.Equal(pair.Failover[0].Sync!.Streams.Count, pair.SyncOf(1).EqualStreams);
    }

    [Fact]
    public void A_box_that_comes_later_is_told_all_that_there_is()
    {
        using var pair = new JoinedPair();
        pair.Bench.Dead.Add(1);
        pair.Run(Second);
        for (int flow = 0; flow < 2_000; flow++) pair.Ask(0, flow);
        pair.Bench.Dead.Clear();
        pair.Run(500 * Millisecond);
        Assert.True(pair.AreInSync);
        Assert.Equal((4_000, 4_000), (pair.StatesOf(0), pair.StatesOf(1)));
    }

    [Fact]
    public void Answers_to_flows_of_a_dead_box_find_their_way_through_the_other()
    {
        using var pair = new JoinedPair();
        pair.Run(Second);
        for (int flow = 0; flow < 500; flow++) pair.Ask(0, flow);
        pair.Run(10 * Millisecond);
        pair.Bench.Dead.Add(0);
        pair.Run(25 * Millisecond);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(1));
        Assert.True(pair.Bench.Hosts[1][0].IsHeld(1));
        Assert.Equal(500, Enumerable.Range(0, 500).Sum(flow => pair.Answer(1, flow)));
        Assert.Equal(0, pair.Answer(1, 501));                         // nobody has asked
    }

    [Fact]
    public void While_the_lane_is_silent_each_gives_ports_of_its_own_half()
    {
        using var pair = new JoinedPair();
        pair.Run(100 * Millisecond);
        Assert.Equal((PortHalf.Whole, PortHalf.Whole), (pair.Nodes[0].Node.PortHalf, pair.Nodes[1].Node.PortHalf));
        pair.Bench.Dead.Add(1);
        pair.Run(100 * Millisecond);
        Assert.Equal(PortHalf.Lower, pair.Nodes[0].Node.PortHalf);
        pair.Bench.Dead.Clear();
        pair.Run(100 * Millisecond);
        Assert.Equal((PortHalf.Whole, PortHalf.Whole), (pair.Nodes[0].Node.PortHalf, pair.Nodes[1].Node.PortHalf));
    }

    [Fact]
    public void A_box_that_is_back_preempts_when_it_has_the_states()
    {
        const int flows = 10_000;
        using var pair = new JoinedPair(lane: ", detect-milliseconds: 100", more: "preempt-hold-down-seconds: 0");
        pair.Run(5 * Second);
        pair.Bench.Dead.Add(0);
        pair.Run(Second);
        for (int flow = 0; flow < flows; flow++) pair.Ask(1, flow);
        pair.Bench.Weather = () => 20 * Millisecond;                    // it takes seconds to tell all
        pair.Restart(0);
        pair.Bench.Dead.Clear();
        bool wasDemoted = false;
        for (int rounds = 0; pair.Bench.StatesOf(0) != "MASTER MASTER"; rounds++)
        {
            Assert.True(rounds < 2_000, $"{pair.StatesOf(0)} states, {pair.SyncOf(0).Phase}, {pair.SyncOf(0).EqualStreams} equal, "
                + $"demotion {pair.Failover[0].Carp.Ledger.Total}, {pair.Bench.StatesOf(0)} beside {pair.Bench.StatesOf(1)}");
            pair.Run(5 * Millisecond);
            bool isDemoted = pair.Failover[0].Carp.Ledger.AmountOf(DemotionCause.StateSync) != 0;
            wasDemoted |= isDemoted;
            if (isDemoted) Assert.Equal("BACKUP BACKUP", pair.Bench.StatesOf(0));
        }

        Assert.Equal(2 * flows, pair.StatesOf(0));
        Assert.True(wasDemoted);
        Assert.Equal(0, pair.Failover[0].Carp.Ledger.Total);
    }

    /// <summary>
    /// Before anybody missed it: the peer is no master yet, and knows all. It is master then, until who has begun anew has been told.
    /// </summary>
    [Fact]
    public void A_better_box_that_begins_anew_is_not_master_before_it_has_the_states()
    {
        const int flows = 10_000;
        using var pair = new JoinedPair(lane: ", detect-milliseconds: 500");
        pair.Run(5 * Second);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(0));
        for (int flow = 0; flow < flows; flow++) pair.Ask(0, flow);
        pair.Run(Second);
        Assert.True(pair.AreInSync);
        pair.Bench.Dead.Add(0);
        pair.Run(10 * Millisecond);
        pair.Bench.Dead.Clear();
        pair.Bench.Weather = () => 20 * Millisecond;                    // it takes seconds to tell all
        pair.RestartWhole(0);
        bool wasPeerMaster = false;
        for (MonotonicTime until = pair.Bench.Now + (30 * Second); pair.Bench.Now < until; pair.Run(10 * Millisecond))
        {
            wasPeerMaster |= pair.Bench.StatesOf(1) == "MASTER MASTER";
            if (pair.StatesOf(0) < 2 * flows) Assert.Equal("BACKUP BACKUP", pair.Bench.StatesOf(0));
        }

        Assert.True(wasPeerMaster);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(0));
    }

    /// <summary>Who opens it looks himself at what was written; each ring would cost both threads a system call.</summary>
    [Fact]
    public void While_the_window_is_closed_who_writes_for_the_peer_rings_nobody()
    {
        using var pair = new JoinedPair(lane: ", detect-milliseconds: 1000");
        pair.Run(5 * Second);
        Assert.True(Rings(1));
        pair.Bench.Deaf.Add(0);                                         // no answer comes
        for (int flow = 1; flow < 1000; flow++)
        {
            pair.Ask(0, 1 + flow);
            if (flow % 10 == 0) pair.Run(100_000);
        }

        Assert.True(pair.Failover[0].Sync!.Streams.IsFull);
        Assert.False(Rings(2000));
        pair.Bench.Deaf.Clear();
        pair.Run(Second);
        Assert.True(Rings(3000));

        bool Rings(int flow)
        {
            pair.Bells[0].LieDown();
            pair.Ask(0, flow);
            bool hasRung = !pair.Bells[0].IsAsleep;
            pair.Bells[0].GetUp();
            return hasRung;
        }
    }

    [Fact]
    public void A_box_whose_memory_is_gone_gets_back_what_the_other_has()
    {
        using var pair = new JoinedPair();
        pair.Run(Second);
        for (int flow = 0; flow < 300; flow++) pair.Ask(0, flow);
        pair.Run(10 * Millisecond);
        pair.Restart(1);
        pair.Run(200 * Millisecond);
        Assert.True(pair.AreInSync);
        Assert.Equal(600, pair.StatesOf(1));
    }

    /// <summary>Records of buckets that a reload has taken away come until the joint is another.</summary>
    [Fact]
    public void Fewer_buckets_cost_a_box_under_traffic_nothing_but_a_new_beginning()
    {
        using var pair = new JoinedPair(otherVcpus: 2);
        pair.Run(Second);
        for (int flow = 0; flow < 100; flow++) Assert.Equal(1, pair.Ask(0, flow));
        pair.Run(20 * Millisecond);
        pair.Reload(1, Fewer);
        for (int flow = 100; flow < 400; flow++)
        {
            Assert.Equal(1, pair.Ask(0, flow));
            if (flow % 30 == 0) pair.Run(10 * Millisecond);
        }

        Assert.NotEqual(0ul, pair.SyncOf(1)[SyncEvent.Unowned]);
        pair.Rejoin(1);
        pair.Run(20 * Millisecond);
        Assert.Equal(SyncPhase.Unlike, pair.SyncOf(0).Phase);
        pair.Reload(0, Fewer);
        pair.Run(20 * Millisecond);
        pair.Rejoin(0);
        pair.Run(500 * Millisecond);
        Assert.True(pair.AreInSync);
        Assert.Equal((800, 800), (pair.StatesOf(0), pair.StatesOf(1)));
    }

    [Fact]
    public void Boxes_that_become_a_pair_while_they_run_steer_alike_and_go_on_when_they_get_another_key()
    {
        using Box one = new(Boxes.Island), other = new(Boxes.Island, edit: options => options with { Seed = 2 });
        Assert.False(one.Node.Steering.HasSameHashAs(other.Node.Steering));
        for (ulong secret = 10; secret < 12; secret++)
        {
            SteeringRules before = one.Node.Steering;
            foreach (Box box in (Box[])[one, other])
            {
                box.Node.Apply(box.Node.Configuration, pairSecret: secret);
                box.Apply(Boxes.Island);                                // what follows has it, too
                box.Node.StepUntilIdle(box.Now);
                Assert.True(box.Node.IsSteeringSettled);
            }

            Assert.True(one.Node.Steering.HasSameHashAs(other.Node.Steering));
            Assert.False(one.Node.Steering.HasSameHashAs(before));
        }
    }

    /// <summary>As many buckets as before, and each means something else.</summary>
    [Fact]
    public void Boxes_that_steer_by_other_keys_share_nothing_and_make_no_state_twice()
    {
        using var pair = new JoinedPair(otherVcpus: 2);
        pair.Run(Second);
        for (int flow = 0; flow < 200; flow++) Assert.Equal(1, pair.Ask(0, flow));
        pair.Run(20 * Millisecond);
        pair.Reload(1, OtherKey);
        Answer(0, 100);
        pair.Rejoin(1);
        Answer(100, 200);
        Assert.Equal((SyncPhase.Unlike, SyncPhase.Unlike), (pair.SyncOf(0).Phase, pair.SyncOf(1).Phase));
        Assert.Equal(400, pair.StatesOf(1));
        pair.Reload(0, OtherKey);
        pair.Run(20 * Millisecond);
        pair.Rejoin(0);
        pair.Run(500 * Millisecond);
        Assert.True(pair.AreInSync);
        Assert.Equal((400, 400), (pair.StatesOf(0), pair.StatesOf(1)));

        void Answer(int from, int to)
        {
            for (int flow = from; flow < to; flow++) Assert.Equal(1, pair.Answer(0, flow));
            pair.Run(200 * Millisecond);
        }
    }

    /// <summary>From the moment at which states lie where they belong by the new rules until all of them have come there, and on.</summary>
    [Fact]
    public void What_is_shared_ends_where_states_find_other_buckets()
    {
        using var pair = new JoinedPair(otherVcpus: 3);
        pair.Run(Second);
        for (int flow = 0; flow < 200; flow++) pair.Ask(0, flow);
        pair.Run(20 * Millisecond);
        ApplianceNode node = pair.Nodes[1].Node;
        SteeringRules before = node.Steering;
        pair.Reload(1, OtherKey);
        bool hasEnded = false;
        while (!node.IsSteeringSettled)
        {
            foreach (Worker worker in node.Workers)
            {
                worker.Step(pair.Nodes[1].Now);
                FirewallShard shard = node.Shards[worker.Id];
                bool isNew = !shard.Steering.HasSameHashAs(before);
                Assert.True(!isNew || BucketsOf(shard) == 0, $"worker {worker.Id} has {BucketsOf(shard)} buckets of the peer's");
                hasEnded |= isNew;
            }
        }

        Assert.True(hasEnded);
        pair.Rejoin(1);
        pair.Run(20 * Millisecond);
        Assert.Equal(node.Steering.Table.Buckets, node.Shards.Sum(BucketsOf));

        static int BucketsOf(IFlowReplica replica) => Enumerable.Range(0, 128).Count(replica.Has);
    }
}
