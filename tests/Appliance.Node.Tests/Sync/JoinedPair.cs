using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Node.Tests.Failover;
using Appliance.Routing;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Sync;

/// <summary>
/// Two whole boxes of one configuration: node, CARP, lane and sync, from frame to frame on one clock. Hosts speak to whichever a test says.
/// </summary>
internal sealed class JoinedPair : IDisposable
{
    private const ulong Secret = 4711;

    private readonly int[] _vcpus;
    private readonly string _lane, _more;
    private readonly string[] _rules;
    private readonly bool _asks;

    /// <param name="vcpus">Of the first.</param>
    /// <param name="otherVcpus">Of the second.</param>
    /// <param name="lane">What else stands beside the lane's keys, behind a comma.</param>
    /// <param name="more">Another key of the pair.</param>
    /// <param name="rules">What stands in the ruleset before its rules.</param>
    /// <param name="otherRules">In that of the second; null: the same.</param>
    /// <param name="asks">Each finds out who its neighbours are; else they are made up.</param>
    public JoinedPair(
        int vcpus = 2, int otherVcpus = 1, string lane = "", string more = "", string rules = "", string? otherRules = null,
        bool asks = false)
    {
        _asks = asks;
        (_vcpus, _lane, _more) = ([vcpus, otherVcpus], lane, more);
        _rules = [rules, otherRules ?? rules];
        Bench = new PairBench(box => Yaml(box));
        Nodes = [Begin(0), Begin(1)];
    }

    public PairBench Bench { get; }

    /// <summary>What the boxes have asked and told neighbours: by whom, by which port.</summary>
    public List<(int Box, PortId Port, byte[] Frame)> Said { get; } = [];

    public Box[] Nodes { get; }

    /// <summary>By box: at the thread of failover.</summary>
    public Doorbell[] Bells { get; } = [new Doorbell(), new Doorbell()];

    public FailoverControl[] Failover => Bench.Boxes;

    public SyncExchange SyncOf(int box) => Failover[box].Sync!.Exchange;

    public long HoldsOf(int box, HoldOutcome outcome) => Failover[box].Sync!.HoldsOf(outcome);

    public long StatesOf(int box) => Nodes[box].Node.Shards().Sum(shard => (long)shard.Count);

    public bool AreInSync => SyncOf(0).Phase == SyncPhase.InSync && SyncOf(1).Phase == SyncPhase.InSync;

    /// <summary>A flow of UDP from the LAN's host begins at a box; answers how many frames left by the WAN.</summary>
    public int Ask(int box, int flow) => Nodes[box].Send("lan", Question(flow)).Left.Count(left => left.Port == "wan");

    /// <summary>Its answer comes to a box; how many frames left by the LAN.</summary>
    public int Answer(int box, int flow) => Nodes[box].Send("wan", Reply(flow)).Left.Count(left => left.Port == "lan");

    public static byte[] Question(int flow, int bytes = 20) =>
        TestFrames.Ipv4("192.168.1.50", "198.51.100.9", TestTransport.Udp((ushort)(1024 + flow), 53, bytes));

    public static byte[] Reply(int flow) =>
        TestFrames.Ipv4("198.51.100.9", "192.168.1.50", TestTransport.Udp(53, (ushort)(1024 + flow), 20));

    public JoinedPair Run(long nanoseconds)
    {
        Bench.Run(nanoseconds);
        return this;
    }

    /// <summary>Another life of a box's data plane: it remembers nothing.</summary>
    public void Restart(int box)
    {
        Nodes[box].Dispose();
        Nodes[box] = Begin(box);
    }

    /// <summary>Another life of the whole box.</summary>
    public void RestartWhole(int box)
    {
        Bench.Restart(box);
        Restart(box);
    }

    /// <summary>Another configuration of a box's data plane; its states are shared as before until <see cref="Rejoin"/>.</summary>
    public void Reload(int box, string more) => Nodes[box].Apply(Configuration(box, more));

    /// <summary>Another ruleset of a box's data plane.</summary>
    public void Rule(int box, string rules)
    {
        _rules[box] = rules;
        Nodes[box].Apply(Configuration(box));
    }

    /// <summary>As the program does when it sees that the joint is not of the buckets that there are.</summary>
    public void Rejoin(int box)
    {
        SyncJoint before = Failover[box].Sync!;
        Failover[box].Join(null, Bench.Now);
        Assert.True(before.TryDetach());
        Share(box, Nodes[box]);
    }

    public void Dispose()
    {
        Bench.Dispose();
        foreach (Box box in Nodes) box.Dispose();
    }

    private Box Begin(int box)
    {
        var made = new Box(Configuration(box), _vcpus[box], options => options with
        {
            Seed = (ulong)box + 1,
            PairSecret = Secret,
            LiveNeighbours = _asks ? new NeighbourOptions { DetectsDuplicates = false, ReportsGroups = false } : null,
        });
        made.Wait(Bench.Now - made.Now);
        made.Node.Neighbours?.Start(new Speaker(this, box), made.Now);
        Share(box, made);
        return made;
    }

    private sealed class Speaker(JoinedPair pair, int box) : IControlSender
    {
        public void Send(PortId port, ReadOnlySpan<byte> frame) => pair.Said.Add((box, port, frame.ToArray()));
    }

    private void Share(int box, Box made)
    {
        var joint = new SyncJoint(made.Node, Bench.Boxes[box].Plan.Lane!, (ushort)(box + 1), Bells[box]);
        if (!joint.TryAttach()) throw new InvalidOperationException("no room for letters");
        Bench.Join(box, made, joint);
    }

    private string Configuration(int box, string more = "") =>
        Yaml(box) + "\n" + more + Boxes.Ruleset + _rules[box] + "pass in on lan\npass out on wan\nblock in on wan\n";

    private string Yaml(int box) => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.{{11 + box}}/24]}
          wan: {backend: pcap, addresses: [203.0.113.{{11 + box}}/24]}
          sync: {backend: pcap, addresses: [10.9.0.{{1 + box}}/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
        high-availability:
          preempt: on
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24], password: sesame, advskew: {{100 * box}}}
            - {vhid: 2, port: wan, addresses: [203.0.113.10/24], password: sesame, advskew: {{100 * box}}}
          sync: {port: sync, peer: 10.9.0.{{2 - box}}, key-file: sync.key{{_lane}}}
          {{_more}}
        """;
}
