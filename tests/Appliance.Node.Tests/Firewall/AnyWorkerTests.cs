using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// What <see cref="ManyVcpusTests"/> found, each in small: where workers had each a part of the states, something else became of a packet
/// than where one had them all. Ports differ from flow to flow at both ends: the hashes of flows that differ in one port alone differ by
/// the same bits, and so in the same workers.
/// </summary>
public sealed class AnyWorkerTests
{
    private const string Wan = "203.0.113.2", Server = "192.168.1.80";
    private const int Flows = 40;
    private const long Second = 1_000_000_000;

    /// <summary>The old connection's states are still there; the new one is brought to their bucket, and begins there.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_server_calls_whom_its_forwarded_port_has_served(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + """
            rdr on wan inet proto tcp from any to 203.0.113.2 port 8000:8039 -> 192.168.1.80 port 80
            nat on wan inet from 192.168.1.0/24 to any -> (wan) static-port
            block in on wan
            pass on lan
            pass out on wan
            pass in on wan to 192.168.1.80

            """, vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            ushort port = (ushort)(1000 + flow), forwarded = (ushort)(8000 + flow);
            box.Send("wan", Tcp(Boxes.Outside, port, Wan, forwarded, Flags.Syn, 1000)).Forwarded("lan");
            box.Send("lan", Tcp(Server, 80, Boxes.Outside, port, Flags.Syn | Flags.Ack, 9000, 1001)).Forwarded("wan");
            box.Send("wan", Tcp(Boxes.Outside, port, Wan, forwarded, Flags.Rst | Flags.Ack, 1001, 9001)).Forwarded("lan");

            byte[] call = box.Send("lan", Tcp(Server, 80, Boxes.Outside, port, Flags.Syn, 5000)).Forwarded("wan");
            Assert.Equal(new Ends(Wan, 80, Boxes.Outside, port), Ends.Of(call));
            byte[] answer = Tcp(Boxes.Outside, port, Wan, 80, Flags.Syn | Flags.Ack, 7000, 5001);
            Assert.Equal(new Ends(Boxes.Outside, port, Server, 80), Ends.Of(box.Send("wan", answer).Forwarded("lan")));
            box.Send("lan", Tcp(Server, 80, Boxes.Outside, port, Flags.Ack, 5001, 7001, payload: 10)).Forwarded("wan");
        }

        box.Wait(RandomConversations.AllEnd).Node.StepUntilIdle(box.Now);
        AnyKeyTests.MustBeEmpty(box.Node);
    }

    /// <summary>Rules keep state where it goes out only; there, what answers is translated, and then known by another address.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void What_is_translated_as_an_answer_gets_answers_itself(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + """
            nat on wan inet from any to any -> 203.0.113.80 static-port
            block all
            pass on lan
            pass in on wan to 192.168.1.80 no state
            pass out on wan no state

            """, vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            ushort port = (ushort)(1000 + flow), service = (ushort)(8000 + (3 * flow));
            box.Send("wan", Udp(Boxes.Outside, port, Server, service)).Forwarded("lan");
            byte[] answer = box.Send("lan", Udp(Server, service, Boxes.Outside, port)).Forwarded("wan");
            Assert.Equal(new Ends("203.0.113.80", service, Boxes.Outside, port), Ends.Of(answer));
            byte[] back = box.Send("wan", Udp(Boxes.Outside, port, "203.0.113.80", service)).Forwarded("lan");
            Assert.Equal(new Ends(Boxes.Outside, port, Server, service), Ends.Of(back));
        }
    }

    /// <summary>
    /// A host has asked through NAT, and is called directly by whom it asked, from the same port to the same: two connections, for the keys
    /// on the wire differ. Inside they have one key; whether that is in the way follows from their buckets, not from whose these are.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("vrss: {key: microsoft}\n")]
    public void Whether_two_connections_of_one_inner_key_may_be_does_not_hang_on_how_many_workers_there_are(string key)
    {
        string[] became = [.. ((int[])[1, 2, 4]).Select(vcpus =>
        {
            using var box = new Box(
                Boxes.Edge + key + Boxes.Ruleset
                + "nat on wan inet from 192.168.1.0/24 to any -> (wan)\npass all\npass in on lan no state\n", vcpus);
            return string.Concat(Enumerable.Range(0, Flows).Select(flow =>
            {
                ushort port = (ushort)(1000 + flow), service = (ushort)(8000 + (3 * flow));
                box.Send("lan", Udp(Server, port, Boxes.Outside, service)).Forwarded("wan");
                return box.Send("wan", Udp(Boxes.Outside, service, Server, port)).Left.Count;
            }));
        })];
        Assert.All(became, of => Assert.Equal(became[0], of));
    }

    /// <summary>
    /// A server is reached by the address that is redirected to it, or by its own, where rules keep state of that on the way out only. The
    /// answers of both come by one key, so there is one connection at a time. As in pf, what comes the direct way finds on its way out the
    /// state of the other, and passes by it; what is redirected would need a state of its own on the way in.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Two_ways_to_a_server_are_one_connection_though_one_has_no_state_on_the_way_in(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + "vrss: {key: microsoft, hash: [ipv4]}\n" + Boxes.Ruleset + """
            rdr on wan inet proto udp from any to 203.0.113.2 -> 192.168.1.80
            pass all
            pass in on wan no state

            """, vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            ushort port = (ushort)(1000 + flow), service = (ushort)(8000 + (3 * flow));
            string host = $"198.51.100.{7 + flow}";                     // ports are not hashed
            bool isDirectFirst = flow % 2 == 0;
            box.Send("wan", Udp(host, port, isDirectFirst ? Server : Wan, service)).Forwarded("lan");
            Seen second = box.Send("wan", Udp(host, port, isDirectFirst ? Wan : Server, service));
            if (isDirectFirst) second.MustBeDropped("block");
            else second.Forwarded("lan");
            byte[] answer = box.Send("lan", Udp(Server, service, host, port)).Forwarded("wan");
            Assert.Equal(new Ends(isDirectFirst ? Server : Wan, service, host, port), Ends.Of(answer));
        }
    }

    /// <summary>
    /// Somebody outside sends, under the address that hosts inside are given, what leaves again by the same port and has a state only where
    /// it came in. Two connections are waited for by one key then. What answers is known where it comes in to the translated one alone; of
    /// the other it might be, if it found a state where it goes out. Whichever was first, whoever has their states.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Answers_are_for_whom_they_are_known_to_where_they_come_in(int vcpus)
    {
        const string Outer = "203.0.113.80";
        using var box = new Box(
            Boxes.Edge + "vrss: {key: microsoft, hash: [ipv4]}\n" + Boxes.Ruleset + $"""
            nat on wan inet from 192.168.1.0/24 to any -> {Outer} static-port
            pass all
            pass out on wan no state

            """, vcpus);
        for (ushort flow = 0; flow < Flows; flow++)
        {
            ushort port = (ushort)(1000 + flow), service = (ushort)(8000 + (3 * flow));
            string host = $"198.51.100.{7 + flow}";                     // ports are not hashed
            byte[] other = Udp(Outer, port, host, service);
            if (flow % 2 == 0) box.Send("wan", other).Forwarded("wan");
            byte[] question = box.Send("lan", Udp(Server, port, host, service)).Forwarded("wan");
            if (flow % 2 == 1) box.Send("wan", other).Forwarded("wan");

            byte[] answer = box.Send("wan", Udp(host, service, Outer, port)).Forwarded("lan");
            Assert.Equal(new Ends(host, service, Server, port), Ends.Of(answer));
            var error = TestTransport.Icmp(3, 1, 0, question.AsSpan(14, 28).ToArray());
            box.Send("wan", TestFrames.Ipv4("198.51.100.99", Outer, error)).Forwarded("lan");
        }
    }

    /// <summary>What ends at the time of a packet has ended before any worker looks at that.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void What_has_ended_leaves_room_for_the_next_whoever_has_it(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset
            + $"set limit states {2 * Flows}\nset timeout {{ adaptive.start 0, adaptive.end 0 }}\npass all\n", vcpus);
        for (int round = 0; round < 3; round++, box.Wait(61 * Second))
        {
            for (int flow = 0; flow < Flows; flow++)                    // others each time: what finds its own ends it by itself
                box.Send("lan", Udp(Server, (ushort)(1000 + (100 * round) + flow), Boxes.Outside, 53)).Forwarded("wan");
            box.Send("lan", Udp(Server, 1, Boxes.Outside, 53)).MustBeDropped("state-limit");
        }
    }

    /// <summary>Timeouts shrink by the states of all workers, and bring each state to its end at one time wherever it is.</summary>
    [Fact]
    public void Under_pressure_the_same_states_end_at_the_same_time_however_many_workers_there_are()
    {
        string[] ended = [.. ((int[])[1, 2, 4]).Select(vcpus =>
        {
            using var box = new Box(Boxes.Edge + Boxes.Ruleset + "set limit states 100\npass all\n", vcpus);
            for (int flow = 0; flow < 45; flow++)
                box.Wait(Second / 4).Send("lan", Udp(Server, (ushort)(1000 + flow), Boxes.Outside, (ushort)(8000 + (3 * flow))));
            return string.Join(' ', Enumerable.Range(0, 400).Select(_ =>
            {
                box.Wait(Second / 4).Node.StepUntilIdle(box.Now);
                return box.Node.ReadAccounts().StatesEnded;
            }));
        })];
        Assert.All(ended, of => Assert.Equal(ended[0], of));
        Assert.EndsWith(" 90", ended[0], StringComparison.Ordinal);
        Assert.Contains(" 2 ", ended[0], StringComparison.Ordinal);     // they went one after the other
    }
}
