using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests.Sync;

/// <summary>What edits leave behind over what a ruleset says, and what a peer's records make of it.</summary>
public sealed class TableLedgerTests
{
    private const int Stream = 5;

    private static readonly KeyedRandom Key = KeyedRandom.FromSeed(4711);
    private static readonly int HostileRounds = TestSize.Of(person: 20_000, server: 100_000, soak: 2_000_000);

    [Fact]
    public void What_is_as_the_ruleset_has_it_leaves_no_mark()
    {
        using var box = new TableBox();
        box.Table.Add(Entry("10.0.0.1/32"));
        box.Table.Delete(Entry("10.1.0.0/16"));
        Assert.Equal(2, box.Ledger.Count);
        box.Table.Delete(Entry("10.0.0.1/32"));
        box.Table.Add(Entry("10.1.0.0/16"));
        Assert.Equal(0, box.Ledger.Count);
        box.Table.Delete(Entry("10.1.0.0/16"));
        box.Table.Add(Entry("10.1.0.0/16", isNegated: true));
        Assert.Equal(1, box.Ledger.Count);
    }

    /// <summary>What was edited before there was a peer is seen from what the table holds when there is one.</summary>
    [Fact]
    public void A_box_without_a_peer_keeps_no_marks_and_has_them_all_when_it_gets_one()
    {
        using TableBox one = new(isPaired: false), other = new();
        one.Table.Add(Entry("10.0.0.1/32"), Entry("2001:db8::/32", isNegated: true));
        one.Table.Delete(Entry("10.1.0.0/16"));
        one.Table.Add(Entry("10.1.0.0/16", isNegated: true));
        Assert.Equal(0, one.Ledger.Count);
        one.Replica.Begin();
        Assert.Equal((3, 3), (one.Ledger.Count, other.TakeAllOf(one)));
        Assert.Equal((one.Entries, one.Digest), (other.Entries, other.Digest));
        one.Replica.End();
        one.Table.Flush();
        Assert.Equal(1, one.Ledger.Count);
        one.Replica.Begin();
        Assert.Empty(one.Tell());
        Assert.Equal(1, other.TakeAllOf(one));
    }

    [Fact]
    public void Records_say_what_they_are_of_and_the_other_box_makes_the_same_of_them()
    {
        using TableBox one = new(), other = new();
        one.Table.Add(Entry("10.0.0.1/32"), Entry("2001:db8::/32", isNegated: true));
        one.Table.Delete(Entry("10.1.0.0/16"));
        Assert.All(one.Tell(), told => Assert.Equal(FlowAdoption.Adopted, other.Take(told.Change, told.Record)));
        Assert.Equal(one.Entries, other.Entries);
        Assert.Equal(one.Digest, other.Digest);
        Assert.NotEqual(0ul, one.Digest);
        one.Table.Delete(Entry("10.0.0.1/32"));
        one.Table.Delete(Entry("2001:db8::/32", isNegated: true));
        one.Table.Add(Entry("10.1.0.0/16"));
        List<(FlowChange Change, byte[] Record)> ended = one.Tell();
        Assert.All(ended, told =>
            Assert.Equal((FlowChange.Ended, FlowAdoption.Removed), (told.Change, other.Take(told.Change, told.Record))));
        Assert.Equal((0ul, 0ul, 0), (one.Digest, other.Digest, other.Ledger.Count));
        Assert.Equal(one.Entries, other.Entries);
        Assert.All(ended, told => Assert.Equal(FlowAdoption.Missing, other.Take(told.Change, told.Record)));
    }

    [Fact]
    public void What_comes_late_or_twice_changes_nothing_and_of_two_that_are_as_late_the_leaders_counts()
    {
        using TableBox leader = new() { Leads = true }, follower = new();
        leader.Table.Add(Entry("10.0.0.1/32"));
        (FlowChange change, byte[] first) = leader.Tell().Single();
        follower.Take(change, first);
        Assert.Equal(FlowAdoption.Refreshed, follower.Take(change, first));
        follower.Table.Delete(Entry("10.0.0.1/32"));
        follower.Table.Add(Entry("10.0.0.1/32", isNegated: true));
        (FlowChange Change, byte[] Record) later = follower.Tell().Single();
        Assert.Equal(FlowAdoption.Older, follower.Take(change, first));
        Assert.Equal(FlowAdoption.Refreshed, leader.Take(later.Change, later.Record));
        Assert.Equal(follower.Entries, leader.Entries);
        using TableBox third = new() { Leads = true };
        third.Table.Add(Entry("10.0.0.1/32"));
        third.Table.Delete(Entry("10.0.0.1/32"));
        third.Table.Add(Entry("10.0.0.1/32"));
        (FlowChange Change, byte[] Record) other = third.Tell().Single();
        Assert.Equal(FlowAdoption.Older, third.Take(later.Change, later.Record));
        Assert.Equal(FlowAdoption.Refreshed, follower.Take(other.Change, other.Record));
        Assert.Equal(third.Entries, follower.Entries);
    }

    /// <summary>A field that is not known is passed over; one that must be there and is not makes it no record.</summary>
    [Fact]
    public void Records_of_newer_and_older_programs_are_read_as_far_as_they_are_known()
    {
        using TableBox one = new(), other = new();
        one.Table.Add(Entry("10.0.0.1/32"));
        (FlowChange change, byte[] record) = one.Tell().Single();
        Assert.Equal(FlowAdoption.Adopted, other.Take(change, [.. record, 200, 3, 1, 2, 3]));
        Assert.Equal(one.Entries, other.Entries);
        byte[] newer = [.. record];
        newer[0]++;
        Assert.Equal(FlowAdoption.UnknownVersion, other.Take(change, newer));
        newer = [.. record];
        newer[^6] = 9;                                                  // what it is
        Assert.Equal(FlowAdoption.UnknownVersion, other.Take(change, newer));
        Assert.Equal(FlowAdoption.Malformed, other.Take(change, []));
        for (int length = 1; length < record.Length; length++) Assert.Equal(FlowAdoption.Malformed, other.Take(change, record[..length]));
    }

    /// <summary>Whatever comes, nothing is thrown, what is refused changes nothing, and limits hold.</summary>
    [Fact]
    public void Hostile_records_cost_the_box_nothing_but_their_bytes()
    {
        var random = new Random(TestSize.Seed(17));
        using TableBox one = new(), other = new(maximumEntries: 50);
        one.Table.Add(Entry("10.0.0.1/32"), Entry("2001:db8::/32"));
        byte[][] honest = [.. one.Tell().Select(told => told.Record)];
        var outcomes = new Dictionary<FlowAdoption, int>();
        for (int round = 0; round < HostileRounds; round++)
        {
            byte[] record = random.Next(10) == 0 ? Octets(random, 80) : Bent(honest[random.Next(honest.Length)], random);
            (int count, ulong digest, string entries) before = (other.Ledger.Count, other.Digest, other.Entries);
            FlowAdoption outcome = other.Take((FlowChange)random.Next(1, 4), record);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome is FlowAdoption.Malformed or FlowAdoption.UnknownVersion or FlowAdoption.Full or FlowAdoption.Missing)
                Assert.Equal(before, (other.Ledger.Count, other.Digest, other.Entries));
            Assert.InRange(other.Table.Count, 0, 50);
            if (round % 97 == 0) other.Replica.BeginWhole(Stream);
            if (round % 1_001 == 0) other.Replica.EndWhole(Stream);
            other.Replica.Apply(default);
        }

        Assert.True(outcomes.Count > 5, string.Join(' ', outcomes));
        other.Replica.BeginWhole(Stream);
        other.Replica.EndWhole(Stream);
        other.Replica.Apply(default);
        Assert.Equal((0, 0ul, "10.1.0.0/16"), (other.Ledger.Count, other.Digest, other.Entries));
    }

    /// <summary>Two ledgers, edits on both, records in order: the table is at every moment what a plain list would be.</summary>
    [Fact]
    public void A_table_is_what_its_ruleset_and_its_marks_say()
    {
        var random = new Random(TestSize.Seed(18));
        for (int run = 0; run < 20; run++)
        {
            using TableBox one = new() { Leads = true }, other = new();
            for (int step = 0; step < 300; step++)
            {
                TableBox box = random.Next(2) == 0 ? one : other, peer = box == one ? other : one;
                TableEntry entry = Entry(random.Next(9) == 0 ? "10.1.0.0/16" : $"10.0.0.{random.Next(30)}/32", random.Next(8) == 0);
                if (random.Next(30) == 0) box.Table.Flush();
                else if (random.Next(2) == 0) box.Table.Add(entry);
                else box.Table.Delete(entry);
                foreach ((FlowChange change, byte[] record) in box.Tell()) peer.Take(change, record);
                Assert.Equal(one.Entries, other.Entries);
                Assert.Equal(one.Digest, other.Digest);
                Assert.Equal(one.Ledger.Count, other.Ledger.Count);
            }

            using var third = new TableBox();
            third.TakeAllOf(one);
            Assert.Equal((one.Entries, one.Digest), (third.Entries, third.Digest));
        }
    }

    [Fact]
    public void A_follower_tells_only_what_its_peer_has_never_had()
    {
        using TableBox one = new(), other = new() { Leads = true };
        one.Table.Add(Entry("10.0.0.1/32"));
        one.Tell();
        Assert.Equal(1, other.TakeAllOf(one));
        one.Replica.Agree(Stream);
        Assert.Equal(0, other.TakeAllOf(one));
        one.Table.Add(Entry("10.0.0.2/32"));
        one.Replica.Agree(Stream);                                      // that is not told yet
        one.Tell();
        Assert.Equal(1, other.TakeAllOf(one));
        one.MayPeerLack = true;
        Assert.Equal(2, other.TakeAllOf(one));
    }

    /// <summary>Names that only the peer has are forgotten with their last entry: they do not use up those there may be.</summary>
    [Fact]
    public void Tables_that_only_the_peer_has_come_and_go()
    {
        using var box = new TableBox();
        for (int i = 0; i < 3 * TableLedger.MaxTables; i++)
        {
            byte[] record = TableBox.RecordOf($"t{i}", Entry("10.0.0.1/32"), generation: 1);
            Assert.Equal(FlowAdoption.Adopted, box.Take(FlowChange.Made, record));
            record = TableBox.RecordOf($"t{i}", Entry("10.0.0.1/32"), generation: 2);
            Assert.Equal(FlowAdoption.Removed, box.Take(FlowChange.Ended, record));
        }

        Assert.Equal(3 * TableLedger.MaxTables, box.Ledger.Homeless);
        for (int i = 0; i < TableLedger.MaxTables - 1; i++) box.Take(FlowChange.Made, TableBox.RecordOf($"t{i}", Entry("10.0.0.1/32"), 1));
        Assert.Equal(FlowAdoption.Full, box.Take(FlowChange.Made, TableBox.RecordOf("more", Entry("10.0.0.1/32"), 1)));
    }

    private static byte[] Bent(byte[] record, Random random)
    {
        byte[] bent = [.. record, .. Octets(random, 4)];
        for (int i = random.Next(4); i > 0; i--) bent[random.Next(bent.Length)] = (byte)random.Next(random.Next(2) == 0 ? 8 : 256);
        return random.Next(8) == 0 ? bent[..random.Next(bent.Length)] : bent;
    }

    private static byte[] Octets(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static TableEntry Entry(string prefix, bool isNegated = false) =>
        IpPrefix.TryParse(prefix, out IpPrefix parsed) ? new TableEntry(parsed, isNegated) : throw new FormatException(prefix);

    /// <summary>A box as far as its one table goes.</summary>
    private sealed class TableBox : IFlowJournal, IDisposable
    {
        private readonly List<(FlowChange Change, byte[] Record)> _told = [];

        public TableBox(int maximumEntries = AddressTable.DefaultMaximumEntries, bool isPaired = true)
        {
            Table = new AddressTable("bad", maximumEntries);
            Table.Add(Entry("10.1.0.0/16"));
            Table.Settle();
            Ledger.Follow(TableSet.Open([new ResolvedTable(Table) { HasContents = true }], workers: 1));
            Replica = new TableReplica(Ledger, Stream, this, Key) { Leads = () => Leads, MayPeerLack = () => MayPeerLack };
            if (isPaired) Replica.Begin();
        }

        public bool Leads { get; init; }

        public bool MayPeerLack { get; set; }

        public AddressTable Table { get; }

        public TableLedger Ledger { get; } = new();

        public TableReplica Replica { get; }

        public ulong Digest => Replica.DigestOf(Stream);

        public string Entries => string.Join(", ", Table.Entries());

        public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record)
        {
            Assert.Equal(Stream, bucket);
            _told.Add((change, record.ToArray()));
            return true;
        }

        public List<(FlowChange Change, byte[] Record)> Tell()
        {
            _told.Clear();
            while (Replica.Tell(10) > 0) { }

            return [.. _told];
        }

        public FlowAdoption Take(FlowChange change, byte[] record)
        {
            FlowAdoption outcome = Replica.Adopt(Stream, change, record, default);
            Replica.Apply(default);
            return outcome;
        }

        /// <summary>Answers how many records that were.</summary>
        public int TakeAllOf(TableBox other)
        {
            var record = new byte[IFlowJournal.MaxRecordBytes];
            ulong cursor = 0;
            int told = 0;
            for (int length; (length = other.Replica.Export(Stream, ref cursor, record)) > 0; told++)
                Take(FlowChange.Made, record[..length]);
            return told;
        }

        public static byte[] RecordOf(string table, TableEntry entry, uint generation)
        {
            var mark = new TableMark { Table = new MarkedTable(table), Prefix = entry.Prefix, Generation = generation };
            var record = new byte[IFlowJournal.MaxRecordBytes];
            return record[..TableRecord.Write(mark, record)];
        }

        public void Dispose() => Replica.End();
    }
}
