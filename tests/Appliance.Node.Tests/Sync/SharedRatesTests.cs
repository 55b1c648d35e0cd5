using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Sync;

/// <summary>How fast a source connects counts on both boxes, whichever it connects through.</summary>
public sealed class SharedRatesTests
{
    private const long Second = 1_000_000_000;
    private const string Server = "192.168.1.80", Attacker = "198.51.100.66", Other = "198.51.100.67";

    private const string Gate = Boxes.Edge + Boxes.Ruleset + """
        set timeout src.track 100
        table <bad> persist
        block in quick on wan from <bad>
        pass out on { lan wan } no state
        pass in on wan proto tcp to port 80 keep state (max-src-conn-rate 5/100, overload <bad>)

        """;

    [Fact]
    public void A_source_that_has_used_up_its_rate_at_the_one_box_has_none_left_at_the_other()
    {
        using var pair = new Pair(Gate, vcpus: 2, otherVcpus: 3);
        for (ushort port = 1; port <= 5; port++) Assert.True(Connects(pair.First, Attacker, port));
        for (ushort port = 1; port <= 4; port++) Assert.True(Connects(pair.First, Other, port));
        pair.Deliver();
        Assert.True(Connects(pair.Second, Other, 5));
        Assert.False(Connects(pair.Second, Attacker, 6));
        pair.Second.Node.StepUntilIdle(pair.Second.Now);
        Assert.Equal([Attacker + "/32"], pair.Second.Node.Tables.Show("bad")!.Value.Select(row => row.Entry.ToString()));
    }

    [Fact]
    public void What_was_long_ago_counts_less_on_both()
    {
        using var pair = new Pair(Gate);
        for (ushort port = 1; port <= 5; port++) Assert.True(Connects(pair.First, Attacker, port));
        pair.Deliver();
        pair.Wait(50 * Second);
        for (ushort port = 6; port <= 7; port++) Assert.True(Connects(pair.Second, Attacker, port));
        Assert.False(Connects(pair.Second, Attacker, 8));
    }

    /// <summary>Its connections have ended on both; it is remembered on both for <c>src.track</c>.</summary>
    [Fact]
    public void A_source_without_states_is_remembered_on_both()
    {
        using var pair = new Pair(Gate);
        for (ushort port = 1; port <= 5; port++) Assert.True(Connects(pair.First, Attacker, port));
        pair.First.Node.KillStates(new StateFilter());
        pair.First.Node.StepUntilIdle(pair.First.Now);
        pair.Deliver();
        Assert.Equal(0, pair.Second.Node.Shards().Sum(shard => shard.Count));
        Assert.False(Connects(pair.Second, Attacker, 6));
    }

    [Fact]
    public void Who_comes_later_knows_the_rate_from_the_age_of_connections()
    {
        using var pair = new Pair(Gate);
        for (ushort port = 1; port <= 5; port++) Assert.True(Connects(pair.First, Attacker, port));
        foreach (Box box in (Box[])[pair.First, pair.Second]) box.Wait(50 * Second).Node.StepUntilIdle(box.Now);
        Pair.Copy(pair.First, pair.Second);
        for (ushort port = 6; port <= 7; port++) Assert.True(Connects(pair.Second, Attacker, port));
        Assert.False(Connects(pair.Second, Attacker, 8));
        Pair.Copy(pair.First, pair.Second);                             // what is known already counts once
        Assert.True(Connects(pair.Second, Other, 1));
    }

    /// <summary>The handshake; false: its last part was refused, as one connection too many.</summary>
    private static bool Connects(Box box, string from, ushort port)
    {
        box.Send("wan", Tcp(from, port, Server, 80, Flags.Syn, 1)).Forwarded("lan");
        box.Send("lan", Tcp(Server, 80, from, port, Flags.Syn | Flags.Ack, 9, 2)).Forwarded("wan");
        return box.Send("wan", Tcp(from, port, Server, 80, Flags.Ack, 2, 10)).DroppedAs("state-limit") == 0;
    }
}
