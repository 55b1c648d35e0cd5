using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// Steering keys under which the two directions of a connection find different buckets, and so different workers: what answers still finds
/// the state of what it answers, whichever of its states the rules keep.
/// </summary>
public sealed class AnyKeyTests
{
    private const string Both = "block all\npass in on lan\npass out on wan\n";
    private const int Flows = 40;

    private static readonly string[] Keys =
    [
        "vrss: {key: microsoft, rebalance: off}\n",
        "vrss: {key: \"4be1a0c2d7f3958866b10d2e5cf7a984013e6db28c5f4791aa30e72b9dc618f405f26e83b1d94c7a\", rebalance: off}\n",
        "vrss: {key: microsoft, hash: [ipv4, ipv6], rebalance: off}\n",
        "vrss: {key: microsoft, hash: [udp-ipv4], rebalance: off}\n",
        "",
    ];

    /// <summary>
    /// State where it comes in and where it goes out; only there; only here; where anything comes in; where nobody looks.
    /// </summary>
    private static readonly string[] Rules =
    [
        Both,
        "block all\npass in on lan\npass out on wan no state\npass in on wan no state\n",
        "block all\npass in on lan no state\npass out on wan\npass out on lan no state\n",
        "block all\npass in on lan\npass in on wan\npass in on wan proto tcp flags any no state\npass out on wan no state\n",
        "set skip on wan\nblock all\npass in on lan\n",
    ];

    public static TheoryData<int, int, int> All
    {
        get
        {
            var all = new TheoryData<int, int, int>();
            for (int key = 0; key < Keys.Length; key++)
            {
                for (int rules = 0; rules < Rules.Length; rules++)
                {
                    foreach (int vcpus in (int[])[1, 2, 4]) all.Add(key, rules, vcpus);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Answers_find_the_state_of_what_they_answer(int key, int rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Keys[key] + Boxes.Ruleset + Rules[rules], vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            MustConverse(box, Tcp(true, flow, TcpFlags.Syn, 1000, 0), Tcp(false, flow, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001));
            MustConverse(box, Tcp(true, flow, TcpFlags.Ack, 1001, 9001), Tcp(false, flow, TcpFlags.Ack, 9001, 1001));
            MustConverse(box, Udp(true, flow), Udp(false, flow));
            MustConverse(box, UdpV6(true, flow), UdpV6(false, flow));
            MustConverse(box, Ping(true, flow), Ping(false, flow));
            MustConverse(box, Timestamp(true, flow), Timestamp(false, flow));
        }

        long created = box.Node.ReadAccounts().StatesCreated;
        for (ushort flow = 0; flow < Flows; flow++)
        {
            MustConverse(box, Tcp(true, flow, TcpFlags.Ack, 1001, 9001), Tcp(false, flow, TcpFlags.Ack, 9001, 1001));
            MustConverse(box, Udp(true, flow), Udp(false, flow));
            MustConverse(box, Ping(true, flow), Ping(false, flow));
        }

        Assert.Equal(created, box.Node.ReadAccounts().StatesCreated);
        box.Wait(90_000_000_000_000);
        box.Node.StepUntilIdle(box.Now);
        MustBeEmpty(box.Node);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Errors_reach_whom_they_are_for(int key, int rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Keys[key] + Boxes.Ruleset + Rules[rules], vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            byte[] query = Udp(true, flow), answer = Udp(false, flow), ping = Ping(true, flow);
            MustConverse(box, query, answer);
            MustConverse(box, ping, Ping(false, flow));
            box.Send("wan", ErrorAbout(query, Boxes.LanHost)).Forwarded("lan");
            box.Send("wan", ErrorAbout(ping, Boxes.LanHost)).Forwarded("lan");
            box.Send("lan", ErrorAbout(answer, Boxes.Outside)).Forwarded("wan");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_nobody_asked_for_is_blocked_under_any_key(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Keys[0] + Boxes.Ruleset + Both, vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            box.Send("wan", Udp(false, flow)).MustBeDropped("block");
            box.Send("wan", Tcp(false, flow, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001)).MustBeDropped("block");
            box.Send("wan", ErrorAbout(Udp(true, flow), Boxes.LanHost)).MustBeDropped("block");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_answer_that_comes_when_the_time_of_its_state_is_up_is_blocked(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Keys[0] + Boxes.Ruleset + Both, vcpus);
        for (ushort flow = 0; flow < Flows; flow++) MustConverse(box, Udp(true, flow), Udp(false, flow));
        box.Wait(61_000_000_000);
        for (ushort flow = 0; flow < Flows; flow++) box.Send("wan", Udp(false, flow)).MustBeDropped("block");
        for (ushort flow = 0; flow < Flows; flow++) MustConverse(box, Udp(true, flow), Udp(false, flow));
    }

    internal static void MustBeEmpty(ApplianceNode node)
    {
        Assert.All(node.Shards(), shard => Assert.Equal((0, 0, 0L), (shard.Count, shard.AliasCount, shard.LostAliases)));
        NodeAccounts accounts = node.ReadAccounts();
        Assert.Equal(accounts.StatesCreated, accounts.StatesEnded);
    }

    private static void MustConverse(Box box, byte[] question, byte[] answer)
    {
        box.Send("lan", question).Forwarded("wan");
        box.Send("wan", answer).Forwarded("lan");
    }

    private static byte[] Tcp(bool asks, ushort flow, TcpFlags flags, uint sequence, uint acknowledgment) =>
        Ipv4(asks, TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = asks ? (ushort)(40_000 + flow) : (ushort)443, DestinationPort = asks ? (ushort)443 : (ushort)(40_000 + flow),
                SequenceNumber = sequence, AcknowledgmentNumber = acknowledgment, Flags = flags, Window = 1000,
            },
            []));

    private static byte[] Udp(bool asks, ushort flow) => Ipv4(asks, Datagram(asks, flow));

    private static byte[] UdpV6(bool asks, ushort flow) => asks
        ? TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, Datagram(asks, flow))
        : TestFrames.Ipv6(Boxes.OutsideV6, Boxes.LanHostV6, Datagram(asks, flow));

    private static byte[] Ping(bool asks, ushort flow) => Ipv4(asks, TestTransport.Icmp(asks ? (byte)8 : (byte)0, 0, (uint)flow << 16));

    private static byte[] Timestamp(bool asks, ushort flow) =>
        Ipv4(asks, TestTransport.Icmp(asks ? (byte)13 : (byte)14, 0, (uint)flow << 16, new byte[12]));

    private static TestTransport Datagram(bool asks, ushort flow) =>
        asks ? TestTransport.Udp((ushort)(5000 + flow), 53, 8) : TestTransport.Udp(53, (ushort)(5000 + flow), 8);

    private static byte[] Ipv4(bool asks, TestTransport transport) =>
        asks ? TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, transport) : TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, transport);

    /// <summary>From a router of either side.</summary>
    private static byte[] ErrorAbout(byte[] frame, string to) =>
        TestFrames.Ipv4(
            to == Boxes.LanHost ? "198.51.100.99" : "192.168.1.99", to, TestTransport.Icmp(3, 1, 0, frame.AsSpan(14, 28).ToArray()));
}
