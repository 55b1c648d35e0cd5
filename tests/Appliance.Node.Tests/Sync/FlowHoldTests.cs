using Appliance.Engine;
using Appliance.Firewall;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Sync;

/// <summary>New flows wait until the peer knows them; nothing else does, and not for ever.</summary>
public sealed class FlowHoldTests
{
    private const string Held = ", hold-new-flows-milliseconds: 50, detect-milliseconds: 200";

    [Fact]
    public void The_first_frame_of_a_flow_leaves_when_the_peer_has_its_states()
    {
        using JoinedPair pair = Joined(delay: Millisecond);
        Enter(pair, 0, 7);
        pair.Run(0).Run(1_900_000);
        Assert.Equal((0, 1, 2), (Left(pair, 0), pair.Nodes[0].Node.FramesHeld, pair.StatesOf(1)));
        pair.Run(200_000);
        Assert.Equal((1, 0), (Left(pair, 0), pair.Nodes[0].Node.FramesHeld));
        Assert.Equal(1, pair.HoldsOf(0, HoldOutcome.Acknowledged));
        Assert.InRange(pair.Failover[0].Sync!.ReadHoldWaits().MaxNanoseconds, 2 * Millisecond, 2_100_000);
        Box.MustBeSettled(pair.Nodes[0].Node);
    }

    [Fact]
    public void What_comes_of_it_meanwhile_waits_behind_it_and_what_comes_later_does_not()
    {
        using JoinedPair pair = Joined(delay: Millisecond);
        for (int number = 0; number < 5; number++) Enter(pair, 0, flow: 7, bytes: 20 + number);
        pair.Run(0).Run(Millisecond);
        for (int number = 5; number < 10; number++) Enter(pair, 0, flow: 7, bytes: 20 + number);
        pair.Run(0).Run(500_000);
        Assert.Equal(10, pair.Nodes[0].Node.FramesHeld);
        pair.Run(Millisecond);
        Assert.Equal(Enumerable.Range(20, 10), pair.Nodes[0].Log.Sent.Select(sent => sent.Bytes.Length - 42));
        for (int number = 10; number < 13; number++)
        {
            Enter(pair, 0, flow: 7, bytes: 20 + number);
            pair.Run(0);
        }

        Assert.Equal(Enumerable.Range(20, 13), pair.Nodes[0].Log.Sent.Select(sent => sent.Bytes.Length - 42));
        Assert.True(pair.Nodes[0].Node.Workers.Sum(worker => worker.Counters.Express) > 0);     // the short way is theirs again
    }

    [Fact]
    public void Flows_that_are_known_wait_for_nobody()
    {
        using JoinedPair pair = Joined(delay: Millisecond);
        Enter(pair, 0, flow: 1);
        pair.Run(10 * Millisecond);
        pair.Nodes[0].Log.Clear();
        Enter(pair, 0, flow: 2);
        Enter(pair, 0, flow: 1);
        pair.Nodes[0].Enter("wan", JoinedPair.Reply(1));
        pair.Run(0);
        Assert.Equal((2, 1), (Left(pair, 0), pair.Nodes[0].Node.FramesHeld));
    }

    [Fact]
    public void Without_a_peer_nothing_waits()
    {
        using JoinedPair pair = Joined(delay: 0);
        pair.Bench.Dead.Add(1);
        pair.Run(Second);
        for (int flow = 0; flow < 20; flow++) Enter(pair, 0, flow);
        pair.Run(0);
        Assert.Equal((20, 20), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.NoPeer)));
    }

    [Fact]
    public void Who_waits_for_a_peer_that_dies_goes_on_when_that_is_known()
    {
        using JoinedPair pair = Joined(delay: 0, ", hold-new-flows-milliseconds: 1000, detect-milliseconds: 40");
        pair.Bench.Dead.Add(1);
        for (int flow = 0; flow < 20; flow++) Enter(pair, 0, flow);
        pair.Run(20 * Millisecond);
        Assert.Equal((0, 20), (Left(pair, 0), pair.Nodes[0].Node.FramesHeld));
        pair.Run(30 * Millisecond);
        Assert.Equal((20, 20), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.PeerLost)));
        Box.MustBeSettled(pair.Nodes[0].Node);
    }

    [Fact]
    public void Nobody_waits_longer_than_was_asked_for()
    {
        using JoinedPair pair = Joined(delay: 0);
        pair.Bench.Weather = () => null;
        for (int flow = 0; flow < 20; flow++) Enter(pair, 0, flow);
        pair.Run(49 * Millisecond);
        Assert.Equal(0, Left(pair, 0));
        pair.Run(10 * Millisecond);
        Assert.Equal((20, 20), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.TooLate)));
        Enter(pair, 0, flow: 0);                                       // it does not wait again
        pair.Run(0);
        Assert.Equal(21, Left(pair, 0));
    }

    [Fact]
    public void More_flows_than_may_wait_go_on_at_once_and_none_is_lost()
    {
        using JoinedPair pair = Joined(delay: Millisecond, vcpus: 1);
        for (int flow = 0; flow < 1500; flow++)
        {
            Enter(pair, 0, flow);
            if (flow % 50 == 49) pair.Run(0);
        }

        Assert.Equal((1500 - 1024, 1024), (Left(pair, 0), pair.Nodes[0].Node.FramesHeld));
        Assert.Equal(1500 - 1024, pair.HoldsOf(0, HoldOutcome.Crowded));
        pair.Run(30 * Millisecond);
        Assert.Equal((1500, 1024), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.Acknowledged)));
        Box.MustBeSettled(pair.Nodes[0].Node);
    }

    [Fact]
    public void A_box_that_has_slept_drops_what_it_holds()
    {
        using JoinedPair pair = Joined(delay: 5 * Millisecond);
        for (int flow = 0; flow < 20; flow++) Enter(pair, 0, flow);
        pair.Run(0);
        Assert.Equal(20, pair.Nodes[0].Node.FramesHeld);
        var lease = new ActingLease();
        foreach (Worker worker in pair.Nodes[0].Node.Workers) worker.Lease = lease;
        lease.Lapse();
        pair.Run(20 * Millisecond);
        Assert.Equal((0, 20), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.GivenUp)));
        Assert.Equal(20, Box.MustBeSettled(pair.Nodes[0].Node).Drops["standby"]);
    }

    [Fact]
    public void Buckets_that_move_while_their_flows_wait_lose_no_frame_and_no_promise()
    {
        using JoinedPair pair = Joined(delay: 2 * Millisecond, vcpus: 3);
        ApplianceNode node = pair.Nodes[0].Node;
        for (int round = 0; round < 20; round++)
        {
            for (int flow = 0; flow < 40; flow++) Enter(pair, 0, (round * 40) + flow);
            pair.Run(500_000);
            ushort[] owners = [.. Enumerable.Range(0, node.Steering.Table.Buckets).Select(bucket => (ushort)((bucket + round) % 3))];
            node.TryMoveBuckets(new IndirectionTable([.. owners]));
            for (int flow = 0; flow < 40; flow++) Enter(pair, 0, (round * 40) + flow, bytes: 21);
            pair.Run(500_000);
            Assert.Equal(0, Left(pair, 0));                             // none before the peer can have answered
            pair.Run(20 * Millisecond);
            Assert.Equal(80, Left(pair, 0));
            pair.Nodes[0].Log.Clear();
        }

        Assert.Equal(20 * 40 * 2, pair.StatesOf(1));
        Box.MustBeSettled(node);
    }

    [Fact]
    public void Another_joint_lets_go_what_waits_for_the_former()
    {
        using JoinedPair pair = Joined(delay: 5 * Millisecond);
        for (int flow = 0; flow < 20; flow++) Enter(pair, 0, flow);
        pair.Run(0);
        Assert.True(pair.Failover[0].Sync!.TryDetach());
        pair.Run(0);
        Assert.Equal((20, 20), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.PeerLost)));
    }

    [Fact]
    public void Without_the_option_nothing_waits()
    {
        using JoinedPair pair = Joined(delay: Millisecond, lane: "");
        Enter(pair, 0, 7);
        pair.Run(0);
        Assert.Equal((1, 0), (Left(pair, 0), pair.HoldsOf(0, HoldOutcome.Acknowledged)));
    }

    private static JoinedPair Joined(long delay, string lane = Held, int vcpus = 2)
    {
        var pair = new JoinedPair(vcpus, otherVcpus: 1, lane);
        pair.Run(Second);
        Assert.True(pair.AreInSync);
        pair.Bench.Weather = () => delay;
        return pair;
    }

    private static void Enter(JoinedPair pair, int box, int flow, int bytes = 20) =>
        pair.Nodes[box].Enter("lan", JoinedPair.Question(flow, bytes));

    private static int Left(JoinedPair pair, int box) => pair.Nodes[box].Log.Sent.Count;
}
