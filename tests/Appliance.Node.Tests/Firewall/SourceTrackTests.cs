using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall;

/// <summary>What a source may have, whichever workers its flows are on, and what becomes of one that takes more.</summary>
public sealed class SourceTrackTests
{
    private const long Second = 1_000_000_000;
    private const string Server = "192.168.1.80", Attacker = "198.51.100.66";
    private const string Head = Boxes.Edge + Boxes.Ruleset, Out = "pass out on { lan wan } no state\n", Open = Head + Out;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_source_has_no_more_states_than_the_rule_lets_it_and_others_have_their_own(int vcpus)
    {
        using var box = new Box(Open + "pass in on lan proto udp keep state (source-track rule, max-src-states 8)\n", vcpus);
        for (ushort port = 1; port <= 8; port++) Passes(box, Boxes.LanHost, port);
        Refused(box, Boxes.LanHost, 9);
        for (ushort port = 1; port <= 8; port++) Passes(box, "192.168.1.11", port);
        Refused(box, "192.168.1.11", 9);
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Passes(box, Boxes.LanHost, 9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_rule_has_no_more_sources_than_it_may(int vcpus)
    {
        using var box = new Box(Open + "pass in on lan proto udp keep state (max-src-nodes 5)\n", vcpus);
        for (int host = 1; host <= 5; host++) Passes(box, $"192.168.1.{10 + host}", 1);
        Refused(box, "192.168.1.99", 1);
        Passes(box, "192.168.1.11", 2);
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Passes(box, "192.168.1.99", 1);
    }

    [Fact]
    public void Rules_that_track_together_count_together_and_a_rule_that_tracks_for_itself_alone()
    {
        using var box = new Box(Open + """
            pass in on lan proto udp to port 1 keep state (source-track global, max-src-states 4)
            pass in on lan proto udp to port 2 keep state (source-track global, max-src-states 3)
            pass in on lan proto udp to port 3 keep state (source-track rule, max-src-states 1)

            """, vcpus: 2);
        Passes(box, Boxes.LanHost, 1, 1);
        Passes(box, Boxes.LanHost, 1, 2);
        Passes(box, Boxes.LanHost, 2, 2);
        Refused(box, Boxes.LanHost, 3, 2);
        Passes(box, Boxes.LanHost, 3, 1);
        Refused(box, Boxes.LanHost, 4, 1);
        Passes(box, Boxes.LanHost, 1, 3);
        Refused(box, Boxes.LanHost, 2, 3);
    }

    [Fact]
    public void A_source_is_remembered_as_long_as_src_track_says()
    {
        using var box = new Box(
            Head + "set timeout src.track 100\n" + Out + "pass in on lan proto udp keep state (max-src-nodes 1, udp.first 10)\n");
        Passes(box, Boxes.LanHost, 1);
        box.Wait(60 * Second).Node.StepUntilIdle(box.Now);
        Refused(box, "192.168.1.11", 1);
        Assert.True(box.Node.NextDeadline < MonotonicTime.Never);
        box.Wait(90 * Second).Node.StepUntilIdle(box.Now);
        Refused(box, "192.168.1.11", 1);
        for (int i = 0; i < 21; i++) box.Wait(Second).Node.StepUntilIdle(box.Now);       // a round of the purge
        Passes(box, "192.168.1.11", 1);
        Assert.True(box.Node.NextDeadline < MonotonicTime.Never);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_limit_of_all_sources_follows_a_reload_and_counts_and_states_stay(int vcpus)
    {
        const string Rule = Out + "pass in on lan proto udp keep state (source-track rule, max-src-states 2)\n";
        using var box = new Box(Head + "set limit src-nodes 3\n" + Rule, vcpus);
        for (int host = 1; host <= 3; host++) Passes(box, $"192.168.1.{10 + host}", 1);
        Refused(box, "192.168.1.99", 1);
        StateLimitTests.Reload(box, Head + "set limit src-nodes 100\n" + Rule);
        for (int host = 1; host <= 100; host++) Passes(box, $"192.168.1.{10 + host}", 2);
        for (int host = 1; host <= 3; host++) Refused(box, $"192.168.1.{10 + host}", 3);
        Refused(box, "192.168.1.222", 1);
        StateLimitTests.Reload(box, Head + "set limit src-nodes 100000\n" + Rule);
        Passes(box, "192.168.1.222", 1);
        for (int host = 1; host <= 3; host++) Refused(box, $"192.168.1.{10 + host}", 4);
        StateLimitTests.Reload(box, Head + "set limit src-nodes 1\n" + Rule);
        Refused(box, "192.168.1.223", 1);
        box.Wait(61 * Second).Node.StepUntilIdle(box.Now);
        Passes(box, "192.168.1.223", 1);
        Refused(box, "192.168.1.224", 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Of_a_source_only_so_many_connections_come_about_and_the_next_is_killed(int vcpus)
    {
        using var box = new Box(Open + "block in on wan\npass in on wan proto tcp keep state (max-src-conn 3)\n", vcpus);
        for (ushort port = 1; port <= 3; port++) Assert.Equal("", Connect(box, Attacker, port));
        for (ushort port = 10; port <= 20; port++)                           // half-open ones do not count
            box.Send("wan", Tcp(Attacker, port, Server, 80, Flags.Syn, 1)).Forwarded("lan");
        Assert.Equal("state-limit", Connect(box, Attacker, 4));
        Assert.Equal("", Connect(box, Boxes.Outside, 4));
        box.Send("wan", Tcp(Attacker, 1, Server, 80, Flags.Ack, 2, 10, 5)).Forwarded("lan");
        box.Send("wan", Tcp(Attacker, 4, Server, 80, Flags.Ack, 2, 10, 5)).MustBeDropped("block");
        Close(box, Attacker, 1);
        box.Wait(100 * Second).Node.StepUntilIdle(box.Now);
        Assert.Equal("", Connect(box, Attacker, 5));
        Assert.Equal("state-limit", Connect(box, Attacker, 6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_source_that_connects_too_fast_is_put_into_the_table_and_its_states_of_the_rule_are_killed(int vcpus)
    {
        using var box = Overloading("flush", vcpus);
        for (ushort port = 1; port <= 5; port++) Assert.Equal("", Connect(box, Attacker, port));
        Assert.Equal("", Connect(box, Boxes.Outside, 1));
        Assert.Equal("", Connect(box, Attacker, 1, service: 22));
        Assert.Equal("state-limit", Connect(box, Attacker, 6));
        box.Send("wan", Tcp(Attacker, 1, Server, 80, Flags.Ack, 2, 10, 5)).MustBeDropped("block");
        box.Send("wan", Tcp(Attacker, 100, Server, 22, Flags.Syn, 1)).MustBeDropped("block");
        box.Send("wan", Tcp(Attacker, 1, Server, 22, Flags.Ack, 2, 10, 5)).Forwarded("lan");
        box.Send("wan", Tcp(Boxes.Outside, 1, Server, 80, Flags.Ack, 2, 10, 5)).Forwarded("lan");
        Assert.Equal([Attacker], Table(box).Entries().Select(entry => entry.Prefix.Address.ToString()));
    }

    [Theory]
    [InlineData("flush global", 1, 0)]
    [InlineData("flush global", 4, 0)]
    [InlineData("", 1, 6)]
    [InlineData("", 4, 6)]
    public void Flush_global_kills_all_states_of_the_source_and_no_flush_none_but_the_one_too_many(string flush, int vcpus, int left)
    {
        using var box = Overloading(flush, vcpus);
        for (ushort port = 1; port <= 5; port++) Assert.Equal("", Connect(box, Attacker, port));
        Assert.Equal("", Connect(box, Attacker, 1, service: 22));
        Assert.Equal("state-limit", Connect(box, Attacker, 6));
        int alive = 0;
        foreach ((ushort port, ushort service) in new (ushort, ushort)[] { (1, 80), (2, 80), (3, 80), (4, 80), (5, 80), (1, 22) })
            alive += box.Send("wan", Tcp(Attacker, port, Server, service, Flags.Ack, 2, 10, 5)).LeftBy("lan").Length;
        Assert.Equal(left, alive);
        Assert.True(Table(box).Contains(new Ipv4Address(TestFrames(Attacker))));
    }

    [Fact]
    public void Connections_that_come_slowly_enough_are_none_too_many()
    {
        using var box = Overloading("flush", vcpus: 2);
        for (ushort port = 1; port <= 40; port++)
        {
            Assert.Equal("", Connect(box, Attacker, port));
            box.Wait(3 * Second);
        }
    }

    [Fact]
    public void Ten_thousand_states_are_flushed_in_steps_while_buckets_move()
    {
        using var box = new Box(Open + """
            table <bad> persist
            pass in on wan proto udp keep state (source-track rule)
            pass in on wan proto tcp keep state (max-src-conn 1, overload <bad> flush global)

            """, vcpus: 4);
        for (int flow = 0; flow < 10_000; flow++)
            box.Send("wan", Udp(Attacker, (ushort)(1 + (flow % 5000)), Server, (ushort)(1 + (flow / 5000))));
        Assert.Equal("", Connect(box, Attacker, 1));
        var random = new Random(3);
        box.Node.TryMoveBuckets(new IndirectionTable([.. box.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(4))]));
        Assert.Equal("state-limit", Connect(box, Attacker, 2));
        Assert.Equal(box.Node.ReadAccounts().StatesCreated, box.Node.ReadAccounts().StatesEnded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Who_tends_the_node_is_to_be_woken_for_a_source_that_went_over_its_limit(int vcpus)
    {
        using Box box = Overloading("", vcpus);
        for (ushort port = 1; port <= 5; port++) Assert.Equal("", Connect(box, Attacker, port));
        box.Send("wan", Tcp(Attacker, 6, Server, 80, Flags.Syn, 1)).Forwarded("lan");
        box.Send("lan", Tcp(Server, 80, Attacker, 6, Flags.Syn | Flags.Ack, 9, 2)).Forwarded("wan");
        Assert.False(box.Node.HasQuestions);
        box.Enter("wan", Tcp(Attacker, 6, Server, 80, Flags.Ack, 2, 10));
        while (box.Node.Step(box.Now) > 0) Assert.False(IsInTable());
        Assert.True(box.Node.HasQuestions);
        box.Node.Tend(box.Now);
        Assert.Equal((true, false), (IsInTable(), box.Node.HasQuestions));

        bool IsInTable() => Table(box).Contains(new Ipv4Address(TestFrames(Attacker)));
    }

    private static Box Overloading(string flush, int vcpus) => new(
        Open + $"""
        table <bad> persist
        block in quick on wan from <bad>
        pass in on wan proto tcp to port 80 keep state (max-src-conn-rate 5/10, overload <bad> {flush})
        pass in on wan proto tcp to port 22

        """, vcpus);

    private static AddressTable Table(Box box) =>
        box.Node.Configuration.Firewall!.Rules.Tables.Single(table => table.Contents.Name == "bad").Contents;

    private static uint TestFrames(string address) => Appliance.Testing.TestFrames.V4(address).Value;

    /// <summary>The whole handshake; why its last part was dropped, or nothing.</summary>
    private static string Connect(Box box, string from, ushort port, ushort service = 80)
    {
        box.Send("wan", Tcp(from, port, Server, service, Flags.Syn, 1)).Forwarded("lan");
        box.Send("lan", Tcp(Server, service, from, port, Flags.Syn | Flags.Ack, 9, 2)).Forwarded("wan");
        Seen last = box.Send("wan", Tcp(from, port, Server, service, Flags.Ack, 2, 10));
        if (last.DroppedAs("state-limit") == 0) last.Forwarded("lan");
        return last.DroppedAs("state-limit") > 0 ? "state-limit" : "";
    }

    private static void Close(Box box, string from, ushort port)
    {
        box.Send("wan", Tcp(from, port, Server, 80, Flags.Fin | Flags.Ack, 7, 10)).Forwarded("lan");
        box.Send("lan", Tcp(Server, 80, from, port, Flags.Fin | Flags.Ack, 10, 8)).Forwarded("wan");
        box.Send("wan", Tcp(from, port, Server, 80, Flags.Ack, 8, 11)).Forwarded("lan");
    }

    private static void Passes(Box box, string host, ushort port, ushort service = 80) =>
        box.Send("lan", Udp(host, port, Boxes.Outside, service)).Forwarded("wan");

    private static void Refused(Box box, string host, ushort port, ushort service = 80) =>
        box.Send("lan", Udp(host, port, Boxes.Outside, service)).MustBeDropped("state-limit");
}
