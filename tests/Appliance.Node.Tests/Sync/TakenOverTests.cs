using Appliance.Engine;
using Appliance.Node.Tests.Firewall;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Sync;

/// <summary>
/// Connections that go on through another box than they began, which knows of them what it was told, and that is not the latest.
/// </summary>
public sealed class TakenOverTests
{
    private const uint Gigabyte = 1_000_000_000;

    private const string Home = Boxes.Edge + Boxes.Ruleset + """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        block in on wan
        pass out on wan
        pass in on lan keep state (source-track rule, max-src-states 3)

        """;

    [Theory]
    [InlineData(100u)]
    [InlineData(70_000u)]
    [InlineData(Gigabyte)]
    [InlineData(2 * Gigabyte)]
    public void A_connection_that_went_on_unheard_goes_on_here(uint unheard)
    {
        using var pair = new Pair(Home, vcpus: 2, otherVcpus: 3);
        Ends outside = Begin(pair.First, 40_000);
        pair.Deliver();
        uint client = 1001 + unheard, server = 9001 + (unheard / 2);

        byte[] left = pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, client, server, 1000)).Forwarded("wan");
        Assert.Equal(outside, Ends.Of(left));
        Ends back = Ends.Of(pair.Second.Send("wan", Server(outside, TcpFlags.Ack, server, client + 1000, 1000)).Forwarded("lan"));
        Assert.Equal((Boxes.LanHost, 40_000), (back.Destination, back.DestinationPort));
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, client + 1000, server + 1000, 500)).Forwarded("wan");

        // Both have been heard: from here on windows count as with any other connection.
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, server + 9_000_000, client)).MustBeDropped("tcp-window");
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, client + 1500, server + 100_000)).MustBeDropped("tcp-window");
        pair.Second.Send("wan", Server(outside, TcpFlags.Rst, server + 1001, 0)).RefusedWith("tcp-window", "wan");
        pair.Second.Send("wan", Server(outside, TcpFlags.Rst, server + 1000, 0)).Forwarded("lan");
    }

    [Fact]
    public void An_end_that_was_not_heard_since_may_reset_and_close_its_connection()
    {
        using var pair = new Pair(Home);
        Ends first = Begin(pair.First, 40_000), second = Begin(pair.First, 40_001);
        pair.Deliver();
        pair.Second.Send("wan", Server(first, TcpFlags.Rst | TcpFlags.Ack, 9001 + Gigabyte, 1001)).Forwarded("lan");
        pair.Second.Send("wan", Server(second, TcpFlags.Fin | TcpFlags.Ack, 9001 + Gigabyte, 1001)).Forwarded("lan");
        pair.Second.Send("lan", Client(40_001, TcpFlags.Fin | TcpFlags.Ack, 1001, 9002 + Gigabyte)).Forwarded("wan");
    }

    /// <summary>The answer to its SYN passed the other box, which had no time to tell.</summary>
    [Fact]
    public void A_connection_of_which_one_end_was_never_heard_goes_on_until_that_is()
    {
        using var pair = new Pair(Home);
        Ends outside = Ends.Of(pair.First.Send("lan", Client(40_000, TcpFlags.Syn, 1000, 0)).Forwarded("wan"));
        pair.Deliver();
        for (uint ahead = 0; ahead < 3; ahead++)
            pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9001 + ahead)).Forwarded("wan");
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, 9003, 1001, 100)).Forwarded("lan");
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 100_000)).MustBeDropped("tcp-window");
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9103)).Forwarded("wan");
    }

    /// <summary>Both repeat what was lost under way, and one of them had more through the other box: it says so in each segment.</summary>
    [Fact]
    public void What_the_other_box_delivered_may_be_acknowledged_however_old_what_is_heard_here_is()
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        pair.Deliver();
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9001, 10)).Forwarded("wan");
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, 9001, 1001, 100)).Forwarded("lan");
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1011, 9301, 10)).Forwarded("wan");
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, 9301, 1021, 100)).Forwarded("lan");
    }

    /// <summary>A box goes on for a while, the other takes over from what it was told before, and then the first has it again.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(20)]
    public void Of_what_both_followed_while_apart_the_further_counts_on_both(int seconds)
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        pair.Deliver();
        uint client = 1001, server = 9001;
        for (int i = 0; i < 8 + seconds; i++, client += 10)
        {
            pair.First.Send("lan", Client(40_000, TcpFlags.Ack, client, server, 10)).Forwarded("wan");
            if (i >= 8) pair.First.Wait(1_000_000_000).Node.StepUntilIdle(pair.First.Now);     // its turns to tell of it pass unheard
        }

        pair.Second.Wait(pair.First.Now - pair.Second.Now).Send("lan", Client(40_000, TcpFlags.Ack, client, server, 10)).Forwarded("wan");
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, server, client + 10, 1000)).Forwarded("lan");
        Pair.Copy(pair.First, pair.Second);
        Pair.Copy(pair.Second, pair.First);

        (client, server) = (client + 10, server + 1000);
        pair.First.Send("lan", Client(40_000, TcpFlags.Ack, client, server, 10)).Forwarded("wan");
        pair.First.Send("wan", Server(outside, TcpFlags.Ack, server, client + 10, 10)).Forwarded("lan");
        Assert.Empty(pair.Differences());
    }

    /// <summary>
    /// What the peer meets first is repeated, and older than what was known here: it has the connection all the same, and moves it on
    /// without a word until the state's turn comes.
    /// </summary>
    [Fact]
    public void A_connection_that_went_on_behind_a_repeated_segment_goes_on_where_it_began()
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        pair.Deliver();
        Turn(pair.First, 1001, 9001);
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9001, 100)).Forwarded("wan");
        pair.DeliverBack();
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, 9001, 1101, 100)).Forwarded("lan");
        Turn(pair.Second, 1101, 9101);
        Turn(pair.Second, 1201, 9201);
        pair.DeliverBack();

        Turn(pair.First, 1301, 9301);
        pair.Deliver();
        Assert.Empty(pair.Differences());

        void Turn(Box box, uint client, uint server)
        {
            box.Send("lan", Client(40_000, TcpFlags.Ack, client, server, 100)).Forwarded("wan");
            box.Send("wan", Server(outside, TcpFlags.Ack, server, client + 100, 100)).Forwarded("lan");
        }
    }

    /// <summary>
    /// A box slept, the other had the connection meanwhile and is gone without a word: what is awake again knows old numbers.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_takes_over_again_lets_go_on_what_went_on_unheard(bool isDoubted)
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        for (uint turn = 0; turn < 3; turn++)
        {
            pair.First.Send("lan", Client(40_000, TcpFlags.Ack, 1001 + turn, 9001 + turn, 1)).Forwarded("wan");
            pair.First.Send("wan", Server(outside, TcpFlags.Ack, 9001 + turn, 1002 + turn, 1)).Forwarded("lan");
        }

        pair.First.Wait(1_000_000_000);
        for (int bucket = 0; isDoubted && bucket < pair.Buckets; bucket++) Pair.OwnerOf(pair.First, bucket).Doubt(pair.First.Now);
        Seen seen = pair.First.Send("lan", Client(40_000, TcpFlags.Ack, 1104, 9104, 10));
        if (!isDoubted)
        {
            seen.RefusedWith("tcp-window", "lan");
            return;
        }

        seen.Forwarded("wan");
        pair.First.Send("wan", Server(outside, TcpFlags.Ack, 9104, 1114, 10)).Forwarded("lan");
        pair.First.Send("wan", Server(outside, TcpFlags.Ack, 9_000_000, 1114, 10)).MustBeDropped("tcp-window");
    }

    /// <summary>The first that comes of a connection is an error about what the other box let pass meanwhile.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_about_what_went_on_unheard_reaches_who_sent_it(bool isDoubted)
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        pair.First.Wait(1_000_000_000);
        for (int bucket = 0; isDoubted && bucket < pair.Buckets; bucket++) Pair.OwnerOf(pair.First, bucket).Doubt(pair.First.Now);
        byte[] quoted = NatTests.Tcp(
            outside.Source, (ushort)outside.SourcePort, Boxes.Outside, 443, TcpFlags.Ack, 1001 + 1_000_000, 9001, 1400);
        byte[] error = TestFrames.Ipv4("198.51.100.99", outside.Source, TestTransport.Icmp(3, 4, 1400, quoted.AsSpan(14, 28).ToArray()));
        Seen seen = pair.First.Send("wan", error);
        if (isDoubted) Assert.Equal(Boxes.LanHost, Ends.Of(seen.Forwarded("lan")).Destination);
        else seen.MustBeDropped("block");
    }

    /// <summary>Outside it looks another way on each, so its outer states have no key in common there, and one inside.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_connection_that_each_has_translated_on_its_own_the_later_begun_stays_on_both(bool isSecondTold)
    {
        using var pair = new Pair(Home);
        Ends first = Begin(pair.First, 40_000);
        pair.First.Wait(1_000_000_000);
        pair.Second.Wait(1_000_000_000);
        Ends second = Begin(pair.Second, 40_000);
        Assert.NotEqual(first, second);
        if (isSecondTold) Pair.Copy(pair.First, pair.Second);
        Pair.Copy(pair.Second, pair.First);
        if (!isSecondTold) Pair.Copy(pair.First, pair.Second);

        Assert.Empty(pair.Differences());
        Assert.Equal(second, Ends.Of(pair.First.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9001, 10)).Forwarded("wan")));
        Assert.Equal(second, Ends.Of(pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1011, 9001, 10)).Forwarded("wan")));
    }

    [Fact]
    public void What_stands_behind_what_is_known_is_refused()
    {
        using var pair = new Pair(Home);
        Ends outside = Begin(pair.First, 40_000);
        pair.Deliver();
        pair.Second.Send("wan", Server(outside, TcpFlags.Ack, unchecked(9001 - 1_000_000u), 1001)).MustBeDropped("tcp-window");
    }

    [Fact]
    public void Sources_count_their_states_on_both_boxes()
    {
        using var pair = new Pair(Home);
        for (ushort port = 40_000; port < 40_003; port++) Begin(pair.First, port);
        pair.Deliver();
        pair.Second.Send("lan", Client(40_003, TcpFlags.Syn, 1000, 0)).MustBeDropped("state-limit");
    }

    [Fact]
    public void Nobody_gets_a_port_that_a_taken_over_connection_has()
    {
        using var pair = new Pair(Home.Replace("-> (wan)", "-> (wan) port 60000:60001", StringComparison.Ordinal));
        int port = Begin(pair.First, 40_000).SourcePort;
        pair.Deliver();
        Ends other = Ends.Of(pair.Second.Send("lan", Client(40_001, TcpFlags.Syn, 1000, 0)).Forwarded("wan"));
        Assert.Equal(60_000 + 60_001 - port, other.SourcePort);
        pair.Second.Send("lan", Client(40_002, TcpFlags.Syn, 1000, 0)).MustBeDropped("nat-exhausted");
    }

    [Fact]
    public void While_they_do_not_hear_each_other_boxes_give_ports_of_their_own_half()
    {
        using var pair = new Pair(Home.Replace(" keep state (source-track rule, max-src-states 3)", "", StringComparison.Ordinal));
        (pair.First.Node.PortHalf, pair.Second.Node.PortHalf) = (PortHalf.Lower, PortHalf.Upper);
        int[] lower = PortsOf(pair.First), upper = PortsOf(pair.Second);
        Assert.True(lower.Max() < upper.Min());
        Assert.Equal((200, 200), (lower.Distinct().Count(), upper.Distinct().Count()));

        static int[] PortsOf(Box box) => [.. Enumerable.Range(41_000, 200).Select(port => PortOf(box, (ushort)port))];

        static int PortOf(Box box, ushort port) =>
            Ends.Of(box.Send("lan", Client(port, TcpFlags.Syn, 1000, 0)).Forwarded("wan")).SourcePort;
    }

    [Fact]
    public void The_first_frame_of_a_taken_over_connection_is_told_to_who_had_it()
    {
        using var pair = new Pair(Home);
        Begin(pair.First, 40_000);
        pair.Deliver();
        pair.Second.Send("lan", Client(40_000, TcpFlags.Ack, 1001, 9001, 10)).Forwarded("wan");
        Assert.Equal([FlowAdoption.Refreshed, FlowAdoption.Refreshed], pair.DeliverBack());
        Assert.Empty(pair.Differences());
    }

    [Fact]
    public void A_state_that_is_killed_here_ends_there()
    {
        using var pair = new Pair(Home);
        Begin(pair.First, 40_000);
        pair.Deliver();
        pair.Second.Node.KillStates(new StateFilter());
        pair.Second.Node.StepUntilIdle(pair.Second.Now);
        Assert.Equal([FlowAdoption.Removed, FlowAdoption.Removed], pair.DeliverBack());
        Assert.Equal(0, pair.First.Node.Shards().Sum(shard => shard.Count));
    }

    [Fact]
    public void Buckets_that_move_while_records_come_lose_none()
    {
        using var pair = new Pair(Home.Replace(" keep state (source-track rule, max-src-states 3)", "", StringComparison.Ordinal), 2, 3);
        for (int i = 0; i < 300; i++)
        {
            Begin(pair.First, (ushort)(40_000 + i));
            if (i % 20 == 19)
            {
                ushort[] owners = [.. Enumerable.Range(0, pair.Buckets).Select(bucket => (ushort)((bucket + 1 + (i / 20)) % 3))];
                Assert.True(pair.Second.Node.TryMoveBuckets(new IndirectionTable([.. owners])));
                pair.Second.Node.StepUntilIdle(pair.Second.Now);
            }

            Assert.All(pair.Deliver(), outcome => Assert.True(outcome is FlowAdoption.Adopted or FlowAdoption.Refreshed));
        }

        Assert.Empty(pair.Differences());
        Assert.Equal(600, pair.Second.Node.Shards().Sum(shard => shard.Count));
        for (int i = 0; i < 300; i++) pair.Second.Send("lan", Client((ushort)(40_000 + i), TcpFlags.Ack, 1001, 9001, 10)).Forwarded("wan");
    }

    private static Ends Begin(Box box, ushort port)
    {
        Ends outside = Ends.Of(box.Send("lan", Client(port, TcpFlags.Syn, 1000, 0)).Forwarded("wan"));
        box.Send("wan", Server(outside, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001)).Forwarded("lan");
        box.Send("lan", Client(port, TcpFlags.Ack, 1001, 9001)).Forwarded("wan");
        return outside;
    }

    private static byte[] Client(ushort port, TcpFlags flags, uint sequence, uint acknowledgment, int payload = 0) =>
        NatTests.Tcp(Boxes.LanHost, port, Boxes.Outside, 443, flags, sequence, acknowledgment, payload);

    private static byte[] Server(Ends outside, TcpFlags flags, uint sequence, uint acknowledgment, int payload = 0) =>
        NatTests.Tcp(Boxes.Outside, 443, outside.Source, (ushort)outside.SourcePort, flags, sequence, acknowledgment, payload);
}
