using Appliance.Engine;
using Appliance.Routing;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Sync;

/// <summary>Neighbours of two boxes that share them over the lane's frames.</summary>
public sealed class SharedNeighboursTests
{
    private const string Router = "203.0.113.1", Host = "192.168.1.50";

    /// <summary>Both boxes made a state of one key while they were apart, the follower the later one.</summary>
    private const int WithCollision = 433;

    private static readonly int Seeds = TestSize.Of(person: 3, server: 12, soak: 1_000);

    /// <summary>Many frames for one neighbour at once: more than would wait for an answer.</summary>
    [Fact]
    public void Who_takes_over_need_not_ask_for_whom_the_other_knew()
    {
        using JoinedPair pair = WithNeighbours();
        Assert.Equal((NeighbourState.Stale, NeighbourState.Stale), (StateOf(pair, 1, Router), StateOf(pair, 1, Host)));
        Assert.Equal(new NeighbourSyncAccounts(true, true, 2, 0, 2, 0, 0, 0), pair.Failover[0].Sync!.Neighbours);
        Assert.Equal(new NeighbourSyncAccounts(true, true, 0, 2, 0, 2, 0, 0), pair.Failover[1].Sync!.Neighbours);
        pair.Bench.Dead.Add(0);
        pair.Run(25 * Millisecond);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(1));
        pair.Said.Clear();
        Assert.Equal((1, 1), (pair.Ask(1, 1), pair.Answer(1, 1)));
        for (int flow = 2; flow < 500; flow++) Assert.Equal(1, pair.Ask(1, flow));
        Assert.Empty(Questions(pair, 1));
        pair.Run(7 * Second);
        Assert.NotEmpty(Questions(pair, 1));                            // whether they are there still
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_box_that_comes_back_has_what_both_knew_from_the_other(int forgetful)
    {
        using var pair = new JoinedPair(asks: true);
        pair.Run(Second);
        Hear(pair, 0, "wan", Router);
        Hear(pair, 1, "lan", Host);
        Assert.Equal(1, pair.Ask(0, 1));
        pair.Run(5 * Millisecond);
        Assert.Equal(1, pair.Answer(1, 1));
        pair.Run(5 * Second);
        Assert.True(pair.AreInSync);
        pair.Restart(forgetful);
        pair.Run(500 * Millisecond);
        Assert.Equal((NeighbourState.Stale, NeighbourState.Stale), (StateOf(pair, forgetful, Host), StateOf(pair, forgetful, Router)));
        Assert.True(pair.AreInSync);
        Assert.Equal((2, 0), (pair.Failover[1 - forgetful].Sync!.Neighbours.Own, pair.Failover[forgetful].Sync!.Neighbours.Own));
    }

    /// <summary>
    /// Before the other's own wire has told it anything: it asks five seconds behind the first frame that goes there. Nobody else
    /// knows the neighbours of who comes back, and it takes over as soon as the two have been compared.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_box_that_is_back_soon_has_what_it_told_before(bool isUsed)
    {
        using JoinedPair pair = WithNeighbours();
        pair.Bench.Dead.Add(0);
        pair.Run(25 * Millisecond);
        if (isUsed) Assert.Equal((1, 1), (pair.Ask(1, 1), pair.Answer(1, 1)));
        NeighbourState held = isUsed ? NeighbourState.Delay : NeighbourState.Stale;
        pair.Run(Second);
        pair.Bench.Dead.Clear();
        pair.Bench.Weather = () => 2 * Millisecond;                     // what is said later is late
        pair.Restart(0);
        for (int step = 0; step < 5_000 && pair.Failover[0].Sync is not { Exchange.HasComparedAll: true }; step++)
            pair.Run(Millisecond / 10);
        Assert.Equal((NeighbourState.Stale, NeighbourState.Stale), (StateOf(pair, 0, Router), StateOf(pair, 0, Host)));
        pair.Run(50 * Millisecond);
        Assert.True(pair.AreInSync);
        Assert.Equal((held, held), (StateOf(pair, 1, Router), StateOf(pair, 1, Host)));
    }

    /// <summary>Hosts that come, move and are used on both, over a lane that loses and delays, with boxes that die and forget.</summary>
    [Fact]
    public void Whatever_the_lane_loses_each_has_what_the_other_told_in_the_end()
    {
        foreach (int seed in Enumerable.Range(0, Seeds).Append(WithCollision))
        {
            var random = new Random(TestSize.Seed(31) + seed);
            using var pair = new JoinedPair(asks: true);
            pair.Run(Second);
            pair.Bench.Weather = () => random.Next(10) == 0 ? null : random.Next(3) * Millisecond;
            for (int step = 0; step < 60; step++)
            {
                Disturb(pair, random);
                pair.Run(random.Next(1, 400) * Millisecond);
            }

            pair.Bench.Dead.Clear();
            pair.Bench.Weather = () => 0;
            pair.Run(10 * Second);
            NeighbourSyncAccounts[] accounts = [.. pair.Failover.Select(box => box.Sync!.Neighbours)];
            Assert.True(pair.AreInSync && accounts.All(box => box.IsEqual), $"seed {seed}: {string.Join(' ', accounts)}");
            Assert.Equal((accounts[0].Own, accounts[1].Own), (accounts[1].Peers, accounts[0].Peers));
        }
    }

    private static void Disturb(JoinedPair pair, Random random)
    {
        int box = random.Next(2);
        string host = $"203.0.113.{random.Next(50, 56)}";
        switch (random.Next(8))
        {
            case < 4:
                Hear(pair, box, "wan", host, new MacAddress(0x0200_0000_7000UL + (ulong)random.Next(3)));
                Use(pair, box, host);
                break;
            case 4:
                pair.Bench.Dead.Add(box);
                break;
            case 5:
                pair.Bench.Dead.Clear();
                break;
            case 6 when pair.Bench.Dead.Count == 0:
                pair.Restart(box);
                break;
            default:
                pair.Nodes[box].Node.Neighbours!.OnLink(new PortId(1), random.Next(2) == 0, pair.Nodes[box].Now);
                break;
        }
    }

    /// <summary>A frame goes there, if the box knows it.</summary>
    private static void Use(JoinedPair pair, int box, string host)
    {
        if (StateOf(pair, box, host) == NeighbourState.Stale)
            pair.Nodes[box].Send("lan", TestFrames.Ipv4(Host, host, TestTransport.Udp(1024, 53, 20))).Forwarded("wan");
    }

    private static NeighbourState StateOf(JoinedPair pair, int box, string address) =>
        pair.Nodes[box].Node.Neighbours!.ReadNeighbours().SingleOrDefault(row => row.Address.ToString() == address)?.State
        ?? NeighbourState.Vacant;

    /// <summary>Both hosts are neighbours of the first box, and in use there.</summary>
    private static JoinedPair WithNeighbours()
    {
        var pair = new JoinedPair(asks: true);
        pair.Run(Second);
        Hear(pair, 0, "wan", Router);
        Hear(pair, 0, "lan", Host);
        Assert.Equal((1, 1), (pair.Ask(0, 1), pair.Answer(0, 1)));
        pair.Run(5 * Millisecond);
        return pair;
    }

    /// <summary>It asks for the box, and is a neighbour from there on.</summary>
    private static void Hear(JoinedPair pair, int box, string port, string host, MacAddress? mac = null)
    {
        Box asked = pair.Nodes[box];
        MacAddress sender = mac ?? new MacAddress(0x0200_0000_7000);
        string own = port == "lan" ? $"192.168.1.{11 + box}" : $"203.0.113.{11 + box}";
        var fields = new ArpFields(ArpOperation.Request, sender, TestFrames.V4(host), default, TestFrames.V4(own));
        byte[] frame = TestFrames.WithMacs(TestFrames.Arp(fields), MacAddress.Broadcast, sender);
        asked.Node.Neighbours!.OnFrame(new PortId((ushort)asked.Node.Configuration.FindPort(port)!.Index), frame, asked.Now);
    }

    /// <summary>What a box has asked of the hosts here, by ARP.</summary>
    private static byte[][] Questions(JoinedPair pair, int box) =>
    [
        .. pair.Said.Where(said => said.Box == box && said.Frame[13] == ((int)EtherType.Arp & 255)).Select(said => said.Frame),
    ];
}
