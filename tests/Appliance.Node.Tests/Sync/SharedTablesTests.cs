using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Sync;

/// <summary>What is edited in tables while rulesets are in force, on two boxes that share it over the lane's frames.</summary>
public sealed class SharedTablesTests(ITestOutputHelper output)
{
    private const string Server = "198.51.100.9";

    private const string Rules = """
        table <bad> persist
        table <ours> persist { 10.1.0.0/16, 10.2.0.0/16 }
        table <fixed> const { 192.0.2.1 }
        block in quick on lan from <bad>
        block in quick on lan from <ours>

        """;

    private static readonly int Seeds = TestSize.Of(person: 3, server: 12, soak: 2_000);
    private static readonly int Large = TestSize.Of(person: 20_000, server: 50_000, soak: AddressTable.DefaultMaximumEntries);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_is_edited_on_either_box_both_have_within_the_lag_of_sync(int editor)
    {
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        TableControl tables = pair.Nodes[editor].Node.Tables;
        Assert.Equal(TableFault.None, tables.Add("bad", Entry("192.168.1.50/32"), Entry("2001:db8::/32"), Entry("10.0.0.0/8", true)).Fault);
        pair.Run(Millisecond);
        Assert.Equal("! 10.0.0.0/8, 192.168.1.50/32, 2001:db8::/32", Both(pair, "bad"));
        Assert.Equal((0, 0), (pair.Ask(0, 1), pair.Ask(1, 1)));
        tables.Delete("bad", Entry("192.168.1.50/32"));
        tables.Delete("ours", Entry("10.1.0.0/16"));
        tables.Add("ours", Entry("10.3.0.0/16"));
        pair.Run(Millisecond);
        Assert.Equal("10.2.0.0/16, 10.3.0.0/16", Both(pair, "ours"));
        Assert.Equal((1, 1), (pair.Ask(0, 2), pair.Ask(1, 3)));
        tables.Replace("bad", [Entry("198.51.100.0/24"), Entry("10.0.0.0/8")]);
        pair.Run(Millisecond);
        Assert.Equal("10.0.0.0/8, 198.51.100.0/24", Both(pair, "bad"));
        tables.Flush("bad");
        tables.Flush("ours");
        pair.Run(Millisecond);
        Assert.Equal(("", ""), (Both(pair, "bad"), Both(pair, "ours")));
        tables.Replace("ours", [Entry("10.1.0.0/16"), Entry("10.2.0.0/16")]);
        pair.Run(Millisecond);
        Assert.Equal("10.1.0.0/16, 10.2.0.0/16", Both(pair, "ours"));
        pair.Run(5 * Second);
        Assert.True(pair.AreInSync);
        Assert.Equal(new TableSyncAccounts(true, true, 0, 0, 15, 0, 0, 0, 0, 0), pair.Failover[editor].Sync!.Tables);
        Assert.Equal(new TableSyncAccounts(true, true, 0, 0, 0, 8, 7, 0, 0, 0), pair.Failover[1 - editor].Sync!.Tables);
    }

    [Fact]
    public void A_box_that_comes_later_has_what_was_edited_before()
    {
        using var pair = new JoinedPair(rules: Rules);
        pair.Bench.Dead.Add(1);
        pair.Run(Second);
        pair.Nodes[0].Node.Tables.Add("bad", Entry("192.168.1.50/32"));
        pair.Nodes[0].Node.Tables.Delete("ours", Entry("10.2.0.0/16"));
        pair.Bench.Dead.Clear();
        pair.Run(100 * Millisecond);
        Assert.Equal(("192.168.1.50/32", "10.1.0.0/16"), (Both(pair, "bad"), Both(pair, "ours")));
        pair.Restart(1);
        pair.Run(200 * Millisecond);
        Assert.Equal(("192.168.1.50/32", "10.1.0.0/16"), (Both(pair, "bad"), Both(pair, "ours")));
        Assert.True(pair.AreInSync);
    }

    /// <summary>
    /// Who begins lacks what it has not been told, whichever of the two leads by its rank; and if the other has slept meanwhile, neither
    /// knows that what it lacks was deleted: what either has both have then.
    /// </summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_box_whose_memory_is_gone_takes_nothing_from_the_other(int forgetful, bool hasOtherSlept)
    {
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        pair.Nodes[0].Node.Tables.Add("bad", Entry("192.168.1.50/32"));
        pair.Nodes[1].Node.Tables.Add("bad", Entry("192.168.1.51/32"));
        pair.Run(5 * Second);
        pair.Restart(forgetful);
        if (hasOtherSlept) pair.SyncOf(1 - forgetful).OnSlept();
        pair.Run(500 * Millisecond);
        Assert.Equal("192.168.1.50/32, 192.168.1.51/32", Both(pair, "bad"));
        Assert.True(pair.AreInSync);
    }

    /// <summary>The attacker is killed at the one, and finds the other closed; somebody else does not.</summary>
    [Fact]
    public void Who_was_put_into_an_overload_table_finds_the_other_box_closed_after_a_takeover()
    {
        const string overload = """
            table <flood> persist
            block in quick on lan from <flood>
            pass in quick on lan proto tcp keep state (max-src-conn 3, overload <flood> flush global)

            """;
        using var pair = new JoinedPair(rules: overload);
        pair.Run(Second);
        for (ushort port = 1; port <= 4; port++) Connect(pair.Nodes[0], "192.168.1.66", port);
        Connect(pair.Nodes[0], "192.168.1.67", 1);
        Assert.Equal(["192.168.1.66/32"], EntriesOf(pair.Nodes[0], "flood"));
        pair.Run(5 * Millisecond);
        pair.Bench.Dead.Add(0);
        pair.Run(25 * Millisecond);
        Assert.Equal("MASTER MASTER", pair.Bench.StatesOf(1));
        for (ushort port = 1; port <= 20; port++) Assert.Equal(0, Left(pair.Nodes[1], "192.168.1.66", port, Flags.Syn));
        Assert.Equal(1, Left(pair.Nodes[1], "192.168.1.67", 2, Flags.Syn));
    }

    [Fact]
    public void What_a_ruleset_says_is_each_boxs_own()
    {
        using var pair = new JoinedPair(rules: Rules, otherRules: Rules.Replace("10.2.0.0", "10.9.0.0", StringComparison.Ordinal));
        pair.Run(Second);
        Assert.Equal(("10.1.0.0/16, 10.2.0.0/16", "10.1.0.0/16, 10.9.0.0/16"), Each(pair, "ours"));
        pair.Nodes[0].Node.Tables.Add("ours", Entry("10.3.0.0/16"));
        pair.Nodes[0].Node.Tables.Delete("ours", Entry("10.1.0.0/16"));
        pair.Run(5 * Second);
        Assert.Equal(("10.2.0.0/16, 10.3.0.0/16", "10.3.0.0/16, 10.9.0.0/16"), Each(pair, "ours"));
        Assert.True(pair.AreInSync);
        pair.Nodes[0].Node.Tables.Flush("ours");
        pair.Run(Millisecond);
        Assert.Equal(("", "10.9.0.0/16"), Each(pair, "ours"));
    }

    /// <summary>A table that is filled begins anew with a ruleset of the leader's, on both; with the follower's it does not.</summary>
    [Fact]
    public void Another_ruleset_ends_edits_of_what_it_fills_on_the_box_that_leads()
    {
        const string changed = Rules + "block in quick on lan proto sctp\n";
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        Assert.True(pair.SyncOf(0).IsLeader);
        pair.Nodes[0].Node.Tables.Add("ours", Entry("10.3.0.0/16"));
        pair.Nodes[0].Node.Tables.Delete("ours", Entry("10.1.0.0/16"));
        pair.Nodes[1].Node.Tables.Add("bad", Entry("10.4.0.0/16"));
        pair.Run(10 * Millisecond);
        pair.Rule(1, changed);
        pair.Run(10 * Millisecond);
        Assert.Equal(("10.2.0.0/16, 10.3.0.0/16", "10.4.0.0/16"), (Both(pair, "ours"), Both(pair, "bad")));
        pair.Rule(0, changed);
        pair.Run(10 * Millisecond);
        Assert.Equal(("10.1.0.0/16, 10.2.0.0/16", "10.4.0.0/16"), (Both(pair, "ours"), Both(pair, "bad")));
        pair.Rule(0, "block in quick on lan proto sctp\n");
        pair.Run(10 * Millisecond);
        Assert.Equal(("10.1.0.0/16, 10.2.0.0/16", ""), (List(pair.Nodes[1], "ours"), List(pair.Nodes[1], "bad")));
        pair.Run(5 * Second);
        Assert.True(pair.AreInSync);
    }

    [Fact]
    public void A_table_that_only_one_box_has_is_counted_and_has_its_entries_when_it_comes()
    {
        using var pair = new JoinedPair(rules: Rules, otherRules: "table <bad> const { 192.0.2.7 }\n");
        pair.Run(Second);
        pair.Nodes[0].Node.Tables.Add("bad", Entry("192.168.1.50/32"));
        pair.Nodes[0].Node.Tables.Add("ours", Entry("10.3.0.0/16"));
        pair.Run(5 * Second);
        TableLedger ledger = pair.Nodes[1].Node.TableLedger;
        Assert.Equal((2L, 0L, 2), (ledger.Homeless, ledger.Refused, ledger.Count));
        Assert.Equal("192.0.2.7/32", List(pair.Nodes[1], "bad"));
        Assert.True(pair.AreInSync);
        pair.Rule(1, Rules);
        pair.Run(Millisecond);
        Assert.Equal(("192.0.2.7/32, 192.168.1.50/32", "10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16"), (Both(pair, "bad"), Both(pair, "ours")));
    }

    [Fact]
    public void A_table_at_its_limit_takes_no_more_and_says_so()
    {
        using var pair = new JoinedPair(rules: Rules, otherRules: "set limit table-entries 5\n" + Rules);
        pair.Run(Second);
        pair.Nodes[0].Node.Tables.Add("bad", [.. Enumerable.Range(1, 8).Select(i => Entry($"192.168.1.{i}/32"))]);
        pair.Run(Millisecond);
        Assert.Equal(5, EntriesOf(pair.Nodes[1], "bad").Length);
        Assert.Equal(3, pair.Nodes[1].Node.TableLedger.Refused);
        pair.Run(5 * Second);
        Assert.False(pair.AreInSync);
        pair.Nodes[0].Node.Tables.Delete("bad", [.. Enumerable.Range(1, 4).Select(i => Entry($"192.168.1.{i}/32"))]);
        pair.Run(200 * Second);
        Assert.Equal("192.168.1.5/32, 192.168.1.6/32, 192.168.1.7/32, 192.168.1.8/32", Both(pair, "bad"));
        Assert.True(pair.AreInSync);
    }

    /// <summary>As with states: what either made alone both have, what the leader ended is gone, and comes from no follower.</summary>
    [Fact]
    public void Boxes_that_did_not_hear_each_other_come_together_by_the_word_of_the_leader()
    {
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        pair.Nodes[0].Node.Tables.Add("bad", Entry("192.168.1.1/32"), Entry("192.168.1.2/32"));
        pair.Nodes[1].Node.Tables.Add("bad", Entry("192.168.1.3/32"), Entry("192.168.1.4/32"));
        pair.Run(10 * Second);
        pair.Bench.Weather = () => null;
        pair.Run(100 * Millisecond);
        pair.Nodes[0].Node.Tables.Delete("bad", Entry("192.168.1.1/32"), Entry("192.168.1.3/32"));
        pair.Nodes[0].Node.Tables.Add("bad", Entry("192.168.1.5/32"), Entry("192.168.1.7/32"));
        pair.Nodes[1].Node.Tables.Delete("bad", Entry("192.168.1.2/32"));
        pair.Nodes[1].Node.Tables.Add("bad", Entry("192.168.1.6/32"), Entry("192.168.1.7/32", isNegated: true));
        pair.Bench.Weather = () => 0;
        pair.Run(500 * Millisecond);
        int leader = pair.SyncOf(0).IsLeader ? 0 : 1;
        string last = leader == 0 ? "192.168.1.7/32" : "! 192.168.1.7/32";
        string common = leader == 0 ? "192.168.1.2/32, 192.168.1.4/32" : "192.168.1.1/32, 192.168.1.3/32, 192.168.1.4/32";
        Assert.Equal($"{common}, 192.168.1.5/32, 192.168.1.6/32, {last}", Both(pair, "bad"));
        Assert.True(pair.AreInSync);
    }

    /// <summary>An entry that is made anew has fewer edits behind it than the one that the follower remembers.</summary>
    [Fact]
    public void What_a_leader_forgot_and_made_anew_while_it_was_alone_the_follower_takes()
    {
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        TableControl tables = pair.Nodes[1].Node.Tables;
        for (int i = 0; i < 3; i++)
        {
            tables.Delete("ours", Entry("10.1.0.0/16"));
            pair.Run(Millisecond);
            tables.Add("ours", Entry("10.1.0.0/16", isNegated: true));
            pair.Run(Millisecond);
            tables.Delete("ours", Entry("10.1.0.0/16", isNegated: true));
        }

        pair.Run(10 * Second);
        pair.Bench.Weather = () => null;
        pair.Run(100 * Millisecond);
        pair.Rule(1, Rules + "block in quick on lan proto sctp\n");
        pair.Run(Millisecond);
        tables.Delete("ours", Entry("10.1.0.0/16"));
        tables.Add("ours", Entry("10.1.0.0/16", isNegated: true));
        pair.Bench.Weather = () => 0;
        for (int i = 0; i < 1_000 && !pair.SyncOf(0).IsOpen; i++) pair.Run(Millisecond);
        Assert.True(pair.SyncOf(1).IsLeader);
        pair.Run(10 * Second);
        Assert.Equal("! 10.1.0.0/16, 10.2.0.0/16", Both(pair, "ours"));
        Assert.True(pair.AreInSync);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_large_table_is_told_and_flushed_in_portions(int editor)
    {
        const int most = BesideBreath.MostPortions * (BesideBreath.ToldPerPortion + SyncBuckets.ToldPerStep);
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(Second);
        ApplianceNode node = pair.Nodes[editor].Node;
        node.Tables.Replace("bad", Enumerable.Range(0, Large).Select(i => Entry($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}/32")));
        node.Tend(pair.Nodes[editor].Now);
        Assert.InRange(pair.Failover[editor].Sync!.Tables.Told, 1, most);
        Assert.InRange(node.TableLedger.Waiting, Large - most, Large);
        pair.Run(5 * Second);
        Assert.Equal(Large, EntriesOf(pair.Nodes[1 - editor], "bad").Length);
        Assert.True(pair.AreInSync);
        Assert.Equal(0, node.SyncBeside.Sum(beside => beside.Lost));
        node.Tables.Flush("bad");
        pair.Run(5 * Second);
        Assert.Equal("", Both(pair, "bad"));
        Assert.True(pair.AreInSync);
    }

    /// <summary>Edits on both at random, over a lane that loses, delays and is cut, with boxes that die, come back and forget.</summary>
    [Fact]
    public void After_whatever_has_happened_both_have_the_same()
    {
        int first = TestSize.Seed(1);
        long edits = 0;
        for (int seed = first; seed < first + Seeds; seed++) edits += Suffer(seed);
        output.WriteLine($"{Seeds} seeds, {edits} edits");
    }

    private static int Suffer(int seed)
    {
        var random = new Random(seed);
        using var pair = new JoinedPair(rules: Rules);
        pair.Run(200 * Millisecond);
        int edits = 0;
        for (int round = 0; round < 12; round++)
        {
            double loss = random.Next(3) == 0 ? 1 : random.NextDouble() * 0.3;
            long delay = random.Next(1, 3_000_000);
            pair.Bench.Weather = () => random.NextDouble() < loss ? null : random.NextInt64(delay);
            if (random.Next(4) == 0) pair.Bench.Dead.Add(random.Next(2));
            for (int step = 0; step < 6; step++)
            {
                for (int i = random.Next(12); i > 0; i--, edits++) Edit(pair.Nodes[random.Next(2)].Node.Tables, random);
                pair.Run(random.NextInt64(20 * Millisecond));
                if (random.Next(30) == 0)
                    pair.Rule(random.Next(2), Rules + (random.Next(2) == 0 ? "" : "block in quick on lan proto sctp\n"));
            }

            foreach (int dead in pair.Bench.Dead.ToArray())
            {
                if (random.Next(2) == 0) pair.Restart(dead);
            }

            pair.Bench.Dead.Clear();
        }

        pair.Bench.Weather = () => 0;
        pair.Run(8 * Second);
        Assert.True(pair.AreInSync, $"seed {seed}: {pair.SyncOf(0).Phase} and {pair.SyncOf(1).Phase}");
        Assert.True(List(pair.Nodes[0], "bad") == List(pair.Nodes[1], "bad"), $"seed {seed}: {Each(pair, "bad")}");
        Assert.True(List(pair.Nodes[0], "ours") == List(pair.Nodes[1], "ours"), $"seed {seed}: {Each(pair, "ours")}");
        Assert.Equal(pair.Nodes[0].Node.TableLedger.Count, pair.Nodes[1].Node.TableLedger.Count);
        return edits;
    }

    private static void Edit(TableControl tables, Random random)
    {
        string name = random.Next(2) == 0 ? "bad" : "ours";
        TableEntry[] entries = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Entry(
            random.Next(5) == 0 ? $"10.{random.Next(1, 4)}.0.0/16" : $"192.168.7.{random.Next(40)}/32", random.Next(6) == 0))];
        switch (random.Next(12))
        {
            case 0: tables.Flush(name); break;
            case 1: tables.Replace(name, entries); break;
            case < 6: tables.Delete(name, entries); break;
            default: tables.Add(name, entries); break;
        }
    }

    private static void Connect(Box box, string from, ushort port)
    {
        Assert.Equal(1, Left(box, from, port, Flags.Syn));
        box.Send("wan", Tcp(Server, 80, from, port, Flags.Syn | Flags.Ack, 9, 2)).Forwarded("lan");
        box.Send("lan", Tcp(from, port, Server, 80, Flags.Ack, 2, 10));
    }

    private static int Left(Box box, string from, ushort port, Flags flags) =>
        box.Send("lan", Tcp(from, port, Server, 80, flags, 1)).Left.Count(left => left.Port == "wan");

    private static string Both(JoinedPair pair, string table)
    {
        (string first, string second) = Each(pair, table);
        Assert.Equal(first, second);
        return first;
    }

    private static (string First, string Second) Each(JoinedPair pair, string table) =>
        (List(pair.Nodes[0], table), List(pair.Nodes[1], table));

    private static string List(Box box, string table) => string.Join(", ", EntriesOf(box, table));

    private static string[] EntriesOf(Box box, string table) =>
        [.. box.Node.Tables.Show(table)!.Value.Select(row => row.Entry.ToString())];

    private static TableEntry Entry(string prefix, bool isNegated = false) =>
        IpPrefix.TryParse(prefix, out IpPrefix parsed) ? new TableEntry(parsed, isNegated) : throw new FormatException(prefix);
}
