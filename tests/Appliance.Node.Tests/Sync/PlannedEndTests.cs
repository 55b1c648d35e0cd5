using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Carp;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Sync;

/// <summary>Who gives up its groups on purpose tells the peer all that there is first, and what still comes behind it.</summary>
public sealed class PlannedEndTests
{
    [Theory]
    [InlineData("hand over")]
    [InlineData("maintenance")]
    [InlineData("leave")]
    public void The_peer_has_every_state_when_it_takes_over(string how)
    {
        using JoinedPair pair = Joined();
        Fill(pair, flows: 2000);
        Assert.True(pair.StatesOf(1) < 2000);                           // the lane is slow: most are not there yet
        End(pair, how);
        MonotonicTime asked = pair.Bench.Now;
        Assert.True(pair.Failover[0].IsDraining);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(0));
        while (pair.Bench.StatesOf(1) != "MASTER MASTER") pair.Run(100_000);
        Assert.Equal((4000, 4000), (pair.StatesOf(0), pair.StatesOf(1)));
        Assert.InRange(pair.Bench.Now - asked, 2 * Millisecond, FailoverControl.DrainNanoseconds);
        Assert.False(pair.Failover[0].IsDraining);
    }

    [Fact]
    public void What_is_forwarded_from_the_order_to_the_end_of_the_lingering_is_known_to_the_peer_before_it_leaves()
    {
        using JoinedPair pair = Joined();
        Fill(pair, flows: 500);
        pair.Failover[0].Leave(pair.Bench.Now);
        int flow = 500, left = 0;
        for (; !pair.Failover[0].HasLeft; flow++)
        {
            if (pair.Bench.Hosts[0][0].Takes(CarpAddresses.VirtualMac(1))) pair.Nodes[0].Enter("lan", JoinedPair.Question(flow));
            pair.Run(200_000);
            HashSet<int> known = [.. pair.Nodes[1].Node.Shards().SelectMany(FlowsOf)];
            foreach (int number in pair.Nodes[0].Log.SentBy(1).Select(frame => ((frame[34] << 8) | frame[35]) - 1024))
            {
                left++;
                Assert.Contains(number, known);
            }

            pair.Nodes[0].Log.Clear();
        }

        Assert.Equal(0, pair.Nodes[0].Node.FramesHeld);
        Assert.InRange(left, 1000, flow);                               // 250 ms of lingering alone are as many
        Assert.Equal(pair.StatesOf(0), pair.StatesOf(1));
        Assert.Equal("INIT INIT", pair.Bench.StatesOf(0));
    }

    [Fact]
    public void Behind_it_new_flows_wait_no_more()
    {
        using JoinedPair pair = Joined();
        pair.Failover[0].HandOver(pair.Bench.Now);
        pair.Run(Second);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(1));
        pair.Nodes[0].Log.Clear();
        pair.Nodes[0].Enter("lan", JoinedPair.Question(1));
        pair.Run(0);
        Assert.Single(pair.Nodes[0].Log.Sent);
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_not_waited_for_longer_than_a_moment()
    {
        using JoinedPair pair = Joined(", detect-milliseconds: 500");
        Fill(pair, flows: 100);
        pair.Bench.Weather = () => null;
        pair.Failover[0].HandOver(pair.Bench.Now);
        pair.Run(FailoverControl.DrainNanoseconds - Millisecond);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(0));
        pair.Run(2 * Millisecond);
        Assert.Equal("BACKUP BACKUP", pair.Bench.StatesOf(0));
    }

    [Fact]
    public void Nobody_waits_for_a_peer_that_is_not_there()
    {
        using JoinedPair pair = Joined();
        pair.Bench.Dead.Add(1);
        pair.Run(Second);
        Fill(pair, flows: 100);
        pair.Failover[0].Leave(pair.Bench.Now);
        Assert.Equal("INIT INIT", pair.Bench.StatesOf(0));
    }

    [Fact]
    public void Who_is_told_something_else_meanwhile_does_both_in_order()
    {
        using JoinedPair pair = Joined();
        Fill(pair, flows: 1000);
        pair.Failover[0].SetMaintenance(isOn: true, pair.Bench.Now);
        Assert.True(pair.Failover[0].IsDraining);
        pair.Failover[0].SetMaintenance(isOn: false, pair.Bench.Now);
        Assert.False(pair.Failover[0].IsDraining);
        Assert.Equal("BACKUP BACKUP", pair.Bench.StatesOf(0));
    }

    private static JoinedPair Joined(string lane = "")
    {
        var pair = new JoinedPair(lane: lane);
        pair.Run(5 * Second);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(0));
        Assert.True(pair.AreInSync);
        pair.Bench.Weather = () => Millisecond;
        return pair;
    }

    private static void Fill(JoinedPair pair, int flows)
    {
        for (int flow = 0; flow < flows; flow++) pair.Ask(0, flow);
        pair.Nodes[0].Log.Clear();
    }

    private static void End(JoinedPair pair, string how)
    {
        MonotonicTime now = pair.Bench.Now;
        if (how == "leave") pair.Failover[0].Leave(now);
        else if (how == "maintenance") pair.Failover[0].SetMaintenance(isOn: true, now);
        else pair.Failover[0].HandOver(now);
    }

    /// <summary>Which flows a worker knows, by the client's port.</summary>
    private static IEnumerable<int> FlowsOf(FirewallShard shard)
    {
        var states = new FlowRecord[8192];
        shard.ReadStates(0, states.Length, states, out int count);
        return states.Take(count).Select(state => Math.Max(state.Wire.InsidePort, state.Wire.OutsidePort) - 1024);
    }
}
