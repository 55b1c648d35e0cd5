using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>A ruleset in force: what passes, what is refused and how, and what a state lets through.</summary>
public sealed class FilterTests
{
    private const string Gate = Boxes.Edge + Boxes.Ruleset + """
        block all
        pass in on lan proto tcp to any port 443
        pass in on lan proto udp to any port 53
        pass in on lan inet proto icmp icmp-type echoreq
        pass out on wan

        """;

    private static readonly byte[] Syn = Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Syn, sequence: 1000);

    [Fact]
    public void What_no_rule_passes_is_blocked_in_silence()
    {
        using var box = new Box(Gate);
        box.Send("lan", Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 80, TcpFlags.Syn)).MustBeDropped("block");
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn)).MustBeDropped("block");
        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_connection_has_a_state_in_and_one_out_and_its_answers_pass(int vcpus)
    {
        using var box = new Box(Gate, vcpus);
        box.Send("lan", Syn).Forwarded("wan");
        Assert.Equal(2, box.Node.ReadAccounts().StatesCreated);
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001)).Forwarded("lan");
        box.Send("lan", Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001)).Forwarded("wan");
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 9001, 1001, payload: 100)).Forwarded("lan");
        Assert.Equal(2, box.Node.ReadAccounts().StatesCreated);
    }

    /// <summary>As captures of fast links have them within one burst.</summary>
    [Fact]
    public void An_answer_in_the_breath_of_its_question_finds_the_state_that_this_makes()
    {
        using var box = new Box(Gate);
        byte[] answer = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001);
        byte[] data = Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001, payload: 200);
        byte[] reply = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 9001, 1201, payload: 300);
        Seen seen = box.Send([("lan", Syn), ("wan", answer), ("lan", data), ("wan", reply)]);
        Assert.Equal((2, 2), (seen.LeftBy("wan").Length, seen.LeftBy("lan").Length));
        Assert.Equal(2, box.Node.ReadAccounts().StatesCreated);
    }

    [Fact]
    public void Of_a_connection_only_what_fits_its_window_passes()
    {
        using var box = new Box(Gate);
        Open(box);
        byte[] reset = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Rst, sequence: 9001 + 0x4000_0000);
        box.Send("wan", reset).MustBeDropped("tcp-window");
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 9001, 1001, payload: 10)).Forwarded("lan");
    }

    [Fact]
    public void A_late_SYN_is_challenged()
    {
        using var box = new Box(Gate);
        Open(box);
        byte[] late = Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn, 77_777);
        byte[] challenge = box.Send("wan", late).RefusedWith("tcp-window", "wan");
        Assert.Equal(TcpFlags.Ack, FlagsOf(challenge));
        Assert.Equal(TestFrames.V4(Boxes.LanHost), Ipv4Address.Read(challenge.AsSpan(26)));
    }

    [Fact]
    public void A_refusal_says_so_where_the_rule_wants_it()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "block return all\n");
        byte[] reset = box.Send("lan", Syn).RefusedWith("block", "lan");
        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, FlagsOf(reset));
        byte[] error = box.Send("lan", Query(5000)).RefusedWith("block", "lan");
        Assert.Equal((3, 3), (error[34], error[35]));                                           // port unreachable
        byte[] query6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8));
        byte[] v6 = box.Send("lan", query6).RefusedWith("block", "lan");
        Assert.Equal((1, 4), (v6[54], v6[55]));
        box.Send("lan", Tcp(Boxes.LanHost, 1, Boxes.Outside, 2, TcpFlags.Rst)).MustBeDropped("block");
    }

    /// <summary>pf_return.</summary>
    [Fact]
    public void A_message_of_ICMP_is_refused_in_silence_whatever_the_rule_wants()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "block return all\n");
        byte[] ping = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.EchoRequest(7));
        box.Send("lan", ping).MustBeDropped("block");
        box.Send("lan", TestFrames.WithIpv4(ping, 6, 0x20)).MustBeDropped("block");             // the first fragment of one
        box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.EchoRequestV6(7))).MustBeDropped("block");
    }

    [Theory]
    [InlineData("block quick from urpf-failed\n")]
    [InlineData("block quick from no-route\n")]
    public void An_address_of_the_link_has_a_way_back(string rule)
    {
        using var box = new Box(Boxes.Island + Boxes.Ruleset + rule + "pass all\n");
        byte[] ping = TestFrames.Ipv6("fe80::7", "2001:db8:1::1", TestTransport.EchoRequestV6(7));
        Assert.Equal((1, 0), (box.Send("lan", ping).Consumed, box.Send("lan", ping).DroppedAs("block")));
    }

    [Fact]
    public void Echoes_to_the_box_pass_as_rules_say_and_are_answered()
    {
        using var box = new Box(Gate);
        byte[] ping = TestFrames.Ipv4(Boxes.LanHost, "192.168.1.1", TestTransport.Icmp(8, 0, 7));
        Assert.Single(box.Send("lan", ping).LeftBy("lan"));
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, "203.0.113.2", TestTransport.Icmp(8, 0, 7))).MustBeDropped("block");
    }

    [Fact]
    public void Errors_pass_only_about_flows_that_are_known_and_to_who_caused_them()
    {
        using var box = new Box(Gate);
        byte[] query = Query(5000);
        box.Send("lan", query).Forwarded("wan");
        box.Send("wan", ErrorAbout(query, Boxes.LanHost)).Forwarded("lan");
        box.Send("wan", ErrorAbout(query, "192.168.1.77")).MustBeDropped("block");                // CVE-2019-5598
        byte[] other = Query(5001);
        box.Send("wan", ErrorAbout(other, Boxes.LanHost)).MustBeDropped("block");
    }

    [Fact]
    public void States_end_when_their_time_is_up()
    {
        using var box = new Box(Gate);
        byte[] query = Query(5000);
        byte[] answer = TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 8));
        box.Send("lan", query).Forwarded("wan");
        box.Wait(59_000_000_000).Send("wan", answer).Forwarded("lan");
        box.Wait(61_000_000_000).Send("wan", answer).MustBeDropped("block");       // udp.multiple: 60 s
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(box.Node.ReadAccounts().StatesCreated, box.Node.ReadAccounts().StatesEnded);
    }

    [Fact]
    public void A_datagram_with_a_wrong_checksum_is_dropped_where_there_are_rules()
    {
        byte[] bad = TestFrames.With(Syn, 50, 0x12, 0x34);
        using var open = new Box(Boxes.Edge);
        open.Send("lan", bad).Forwarded("wan");
        using var box = new Box(Gate);
        box.Send("lan", bad).MustBeDropped("bad-l4-checksum");
    }

    [Fact]
    public void Ports_that_are_skipped_are_not_looked_at()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "set skip on { lan wan }\nblock all\n");
        box.Send("lan", Syn).Forwarded("wan");
    }

    [Fact]
    public void The_last_match_wins_and_quick_ends()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + """
            pass all no state
            block in on lan proto tcp
            pass in on lan proto tcp to port 443 no state
            block in quick on lan from 192.168.1.66
            pass in on lan from 192.168.1.66

            """);
        box.Send("lan", Syn).Forwarded("wan");
        box.Send("lan", Tcp(Boxes.LanHost, 1, Boxes.Outside, 80, TcpFlags.Syn)).MustBeDropped("block");
        box.Send("lan", Tcp("192.168.1.66", 1, Boxes.Outside, 443, TcpFlags.Syn)).MustBeDropped("block");
        Assert.Equal(0, box.Node.ReadAccounts().StatesCreated);
    }

    [Fact]
    public void States_outlive_a_change_of_the_rules_and_new_flows_meet_the_new_ones()
    {
        using var box = new Box(Gate);
        Open(box);
        box.Node.Apply(Box.ModelOf(Boxes.Edge + Boxes.Ruleset + "block all\n"));
        box.Node.StepUntilIdle(box.Now);
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Ack, 9001, 1001, payload: 10)).Forwarded("lan");
        box.Send("lan", Tcp(Boxes.LanHost, 40_001, Boxes.Outside, 443, TcpFlags.Syn)).MustBeDropped("block");
    }

    [Fact]
    public void No_more_states_are_made_than_the_limit_says()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "set limit states 4\npass all\n");
        for (ushort port = 1; port <= 2; port++)
            box.Send("lan", Tcp(Boxes.LanHost, port, Boxes.Outside, 443, TcpFlags.Syn)).Forwarded("wan");
        box.Send("lan", Tcp(Boxes.LanHost, 3, Boxes.Outside, 443, TcpFlags.Syn)).MustBeDropped("state-limit");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Buckets_that_move_take_their_states_along(int vcpus)
    {
        using var box = new Box(Gate, vcpus);
        var random = new Random(7);
        for (ushort flow = 0; flow < 300; flow++)
            box.Send("lan", Query((ushort)(5000 + flow))).Forwarded("wan");
        long created = box.Node.ReadAccounts().StatesCreated;
        int moves = 0;
        for (int round = 0; round < 20; round++)
        {
            IEnumerable<ushort> owners = box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus));
            if (box.Node.TryMoveBuckets(new Engine.IndirectionTable([.. owners]))) moves++;
            var flow = (ushort)(5000 + random.Next(300));
            byte[] answer = TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, flow, 8));
            box.Send("wan", answer).Forwarded("lan");
        }

        Assert.Equal(vcpus == 1 ? 0 : 20, moves);
        Assert.Equal((600L, 600L), (created, box.Node.ReadAccounts().StatesCreated));
    }

    private static void Open(Box box)
    {
        box.Send("lan", Syn).Forwarded("wan");
        box.Send("wan", Tcp(Boxes.Outside, 443, Boxes.LanHost, 40_000, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001)).Forwarded("lan");
        box.Send("lan", Tcp(Boxes.LanHost, 40_000, Boxes.Outside, 443, TcpFlags.Ack, 1001, 9001)).Forwarded("wan");
    }

    private static byte[] Tcp(
        string from, ushort sourcePort, string to, ushort destinationPort, TcpFlags flags, uint sequence = 1, uint acknowledgment = 0,
        int payload = 0) =>
        TestFrames.Ipv4(from, to, TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = sourcePort, DestinationPort = destinationPort, SequenceNumber = sequence,
                AcknowledgmentNumber = acknowledgment, Flags = flags, Window = 1000,
            },
            new byte[payload]));

    private static byte[] Query(ushort port) => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(port, 53, 8));

    private static byte[] ErrorAbout(byte[] frame, string to) =>
        TestFrames.Ipv4("198.51.100.99", to, TestTransport.Icmp(3, 1, 0, frame.AsSpan(14, 28).ToArray()));

    private static TcpFlags FlagsOf(byte[] frame) => (TcpFlags)frame[47];
}
