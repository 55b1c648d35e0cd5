using Appliance.Configuration;
using Appliance.Engine;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// Two connections whose answers would come by one key: nothing tells those answers apart, so there is only one of the two, whichever
/// workers they are on. As in pf, where the second finds that its state is there already.
/// </summary>
public sealed class AnswersKeyTests
{
    private const string Wan = "203.0.113.2", Server = "192.168.1.80";
    private const long Second = 1_000_000_000;
    private const int Flows = 40;

    /// <summary>Two outer ports of one server's: what comes to both from one endpoint looks the same behind them.</summary>
    private const string TwoForwards = """
        rdr on wan inet proto { tcp udp } from any to 203.0.113.2 port 8080 -> 192.168.1.80 port 80
        rdr on wan inet proto { tcp udp } from any to 203.0.113.2 port 8081 -> 192.168.1.80 port 80
        pass in on wan inet proto { tcp udp } to 192.168.1.80 port 80
        pass out on lan

        """;

    private const string Net = Boxes.Edge + "vrss: {rebalance: off}\n" + Boxes.Ruleset + TwoForwards;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Of_two_forwards_to_one_server_an_endpoint_can_use_one_at_a_time(int vcpus)
    {
        using var box = new Box(Net, vcpus);
        for (ushort port = 1000; port < 1000 + Flows; port++)
        {
            box.Send("wan", Tcp(Boxes.Outside, port, Wan, 8080, Flags.Syn, 1)).Forwarded("lan");
            box.Send("wan", Tcp(Boxes.Outside, port, Wan, 8081, Flags.Syn, 9)).MustBeDropped("block");
            Assert.Equal(new Ends(Wan, 8080, Boxes.Outside, port), Answer(box, port));
        }

        Assert.Equal(2 * Flows, box.Node.ReadAccounts().StatesCreated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void When_the_first_has_ended_the_second_may_be(int vcpus)
    {
        using var box = new Box(Net, vcpus);
        for (int round = 0; round < 3; round++)
        {
            (ushort one, ushort other) = round % 2 == 0 ? ((ushort)8080, (ushort)8081) : ((ushort)8081, (ushort)8080);
            for (ushort port = 1000; port < 1000 + Flows; port++)
            {
                box.Send("wan", Udp(Boxes.Outside, port, Wan, one)).Forwarded("lan");
                box.Send("wan", Udp(Boxes.Outside, port, Wan, other)).MustBeDropped("block");
            }

            box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        }

        Assert.Equal(box.Node.ReadAccounts().StatesCreated, box.Node.ReadAccounts().StatesEnded);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_claim_stays_with_its_state_while_buckets_move_and_when_they_mean_something_else(int vcpus)
    {
        using var box = new Box(Net, vcpus);
        var random = new Random(5);
        for (ushort port = 1000; port < 1000 + Flows; port++) box.Send("wan", Udp(Boxes.Outside, port, Wan, 8080)).Forwarded("lan");
        for (int round = 0; round < 3; round++)
        {
            Assert.True(box.Node.TryMoveBuckets(
                new IndirectionTable([.. box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus))])));
            for (ushort port = 1000; port < 1000 + Flows; port++)
                box.Send("wan", Udp(Boxes.Outside, port, Wan, 8081)).MustBeDropped("block");
        }

        RuntimeModel swapped = Box.ModelOf(Boxes.Edge + "vrss: {key: microsoft, rebalance: off}\n" + Boxes.Ruleset + TwoForwards);
        box.Node.Apply(swapped);
        box.Node.StepUntilIdle(box.Now);
        for (ushort port = 1000; port < 1000 + Flows; port++)
            box.Send("wan", Udp(Boxes.Outside, port, Wan, 8081)).MustBeDropped("block");
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        for (ushort port = 1000; port < 1000 + Flows; port++)
            box.Send("wan", Udp(Boxes.Outside, port, Wan, 8081)).Forwarded("lan");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_refused_second_takes_nothing_from_the_first_and_a_flow_that_is_blocked_keeps_no_claim(int vcpus)
    {
        const string Blocked = "block in on wan proto udp from 198.51.100.7 port 1000:1019 to 192.168.1.80\n";
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + TwoForwards + Blocked, vcpus);
        for (ushort port = 1000; port < 1000 + Flows; port++)
        {
            bool isBlocked = port < 1020;
            Seen first = box.Send("wan", Udp(Boxes.Outside, port, Wan, 8080));
            if (isBlocked) first.MustBeDropped("block");
            else first.Forwarded("lan");
        }

        StateLimitTests.Reload(box, Boxes.Edge + Boxes.Ruleset + TwoForwards);
        for (ushort port = 1000; port < 1000 + Flows; port++)
        {
            Seen second = box.Send("wan", Udp(Boxes.Outside, port, Wan, 8081));
            if (port < 1020) second.Forwarded("lan");
            else second.MustBeDropped("block");
        }
    }

    /// <summary>A rule gives others the address of a pair, with their ports; the pair's host has begun, or was asked.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_host_behind_NAT_does_not_get_the_answers_to_another_by_keeping_its_port(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + """
            binat on wan inet from 192.168.1.80 to any -> 203.0.113.80
            nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.80 static-port
            pass all

            """, vcpus);
        for (ushort port = 1000; port < 1000 + Flows; port++)
        {
            if (port % 2 == 0) box.Send("lan", Udp(Server, port, Boxes.Outside, 53)).Forwarded("wan");
            else box.Send("wan", Udp(Boxes.Outside, 53, "203.0.113.80", port)).Forwarded("lan");
            box.Send("lan", Udp("192.168.1.66", port, Boxes.Outside, 53)).MustBeDropped("nat-exhausted");
            byte[] answer = Udp(Boxes.Outside, 53, "203.0.113.80", port);
            Assert.Equal(new Ends(Boxes.Outside, 53, Server, port), Ends.Of(box.Send("wan", answer).Forwarded("lan")));
        }
    }

    private static Ends Answer(Box box, ushort port) =>
        Ends.Of(box.Send("lan", Tcp(Server, 80, Boxes.Outside, port, Flags.Syn | Flags.Ack, 9000, 2)).Forwarded("wan"));
}
