using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class AddressTableTests(ITestOutputHelper output)
{
    [Fact]
    public void The_longest_entry_decides_and_a_negated_one_excludes()
    {
        var table = new AddressTable("t");
        table.Add(Packets.Entry("10.0.0.0/8"), Packets.Entry("!10.1.0.0/16"), Packets.Entry("10.1.2.0/24"), Packets.Entry("2001:db8::/32"));
        Assert.Equal([true, false, true, false, true, false],
            ((string[])["10.0.0.1", "10.1.0.1", "10.1.2.1", "11.0.0.1", "2001:db8::1", "::1"])
            .Select(text => table.Contains(Packets.Address(text))));
        Assert.True(table.TryFind(Packets.Address("10.1.9.9").Bits, isV6: false, out TableHit hit));
        Assert.Equal(Packets.Entry("!10.1.0.0/16"), hit.Entry);
        Assert.False(table.TryFind(Packets.Address("10.1.9.9").Bits, isV6: true, out _));      // ::a01:909 is another address
    }

    [Fact]
    public void Edits_say_what_they_did()
    {
        var table = new AddressTable("t", maximumEntries: 3);
        Assert.Equal(new TableChange(2, 0, 1, 0),
            table.Add(Packets.Entry("10.0.0.0/8"), Packets.Entry("10.0.0.1/8"), Packets.Entry("!10.1.0.0/16")));
        Assert.Equal(new TableChange(0, 0, 0, 1), table.Add(Packets.Entry("!10.0.0.0/8")));
        Assert.Equal(new TableChange(0, 0, 0, 0, IsRefused: true), table.Add(Packets.Entry("1.0.0.0/8"), Packets.Entry("2.0.0.0/8")));
        Assert.Equal(2, table.Count);
        Assert.Equal(new TableChange(0, 1, 1, 1),
            table.Delete(Packets.Entry("10.0.0.0/8"), Packets.Entry("3.0.0.0/8"), Packets.Entry("10.1.0.0/16")));
        long version = table.Version;
        Assert.Equal(new TableChange(2, 0, 1, 0),
            table.Replace([Packets.Entry("!10.1.0.0/16"), Packets.Entry("4.0.0.0/8"), Packets.Entry("::/0")]));
        Assert.Equal(version + 1, table.Version);                     // whole, by one store
        Assert.Equal(new TableChange(1, 1, 2, 0),
            table.Replace([Packets.Entry("10.1.0.0/16"), Packets.Entry("4.0.0.0/8"), Packets.Entry("::/0")]));
        Assert.Equal(3, table.Flush());
        Assert.Empty(table.Entries());
    }

    [Fact]
    public void A_table_and_its_twin_agree_through_random_edits()
    {
        int rounds = TestSize.Of(person: 1_500, server: 20_000, soak: 500_000), seed = TestSize.Seed(31);
        var random = new Random(seed);
        var rules = new RandomRules(seed);
        var table = new AddressTable("t");
        var twin = new TableTwin();
        for (int round = 0; round < rounds; round++)
        {
            TableEntry[] entries = [.. Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => random.Next(3) == 0 ? rules.DrawEntry() : DrawEntry(random))];
            switch (random.Next(random.Next(40) == 0 ? 5 : 4))
            {
                case 0 or 1 or 2:
                    Assert.Equal(entries.Count(twin.Add), table.Add(entries).Added);
                    break;
                case 3:
                    if (twin.Count > 0 && random.Next(2) == 0) entries = [twin.Entries.ElementAt(random.Next(twin.Count))];
                    Assert.Equal(entries.Count(twin.Delete), table.Delete(entries).Deleted);
                    break;
                default:
                    twin.Clear();
                    foreach (TableEntry entry in entries) twin.Add(entry);
                    table.Replace(entries);
                    break;
            }

            for (int i = 0; i < 10; i++)
            {
                PacketView packet = rules.DrawPacket(0);
                IpAddress address = packet.IsV6 ? new Ipv6Address(packet.Source) : new Ipv4Address((uint)packet.Source);
                Assert.True(twin.Contains(address) == table.Contains(address), $"{address} after {round} edits, seed {seed}");
            }

            if (round % 100 == 0) Assert.Equal(twin.Entries, table.Entries());
            Assert.Equal(twin.Count, table.Count);
        }
    }

    [Fact]
    public void A_million_prefixes_fit_and_are_found()
    {
        const int Prefixes = 1_000_000;
        int seed = TestSize.Seed(32);
        var random = new Random(seed);
        var entries = new Dictionary<(bool, UInt128), TableEntry>();
        while (entries.Count < Prefixes)
        {
            TableEntry entry = DrawWide(random, isV6: entries.Count % 4 == 0);
            entries.TryAdd((entry.Prefix.Address.IsV6, entry.Prefix.Network.Bits + (UInt128)(entry.Prefix.Length << 1)), entry);
        }

        // The same length for all of a family's outer prefixes lets a dictionary be the twin: /24 within /16, /64 within /48.
        var members = entries.Values.ToDictionary(entry => (entry.Prefix.Network, entry.Prefix.Length), entry => !entry.IsNegated);
        var table = new AddressTable("million", Prefixes + 1_000);
        Assert.Equal(members.Count, table.Add(members
            .Select(member => new TableEntry(new IpPrefix(member.Key.Network, member.Key.Length), !member.Value))).Added);
        long each = table.MemoryBytes / table.Count;
        output.WriteLine($"{table.Count} prefixes in {table.MemoryBytes >> 20} MiB, {each} bytes each; seed {seed}");
        Assert.InRange(each, 16, 100);
        Check(table, members, random, seed);

        // Edits of a few at a time do not copy the table: the large layer stays, the small one is bounded.
        var edited = new List<IpAddress>();
        for (int edit = 0; edit < 300; edit++)
        {
            (IpAddress Network, int Length) known = members.Keys.ElementAt(random.Next(100_000));
            TableEntry entry = edit % 3 == 0 ? new TableEntry(new IpPrefix(known.Network, known.Length)) : DrawWide(random, edit % 2 == 0);
            (IpAddress Network, int Length) key = (entry.Prefix.Network, entry.Prefix.Length);
            edited.Add(key.Network);
            if (members.Remove(key, out bool wasMember))
            {
                Assert.Equal(1, table.Delete(new TableEntry(entry.Prefix, !wasMember)).Deleted);
                continue;
            }

            Assert.Equal(1, table.Add(entry).Added);
            members[key] = !entry.IsNegated;
        }

        Assert.Equal(members.Count, table.Count);
        Assert.All(edited, network => Assert.Equal(Expected(members, network), table.Contains(network)));
        Check(table, members, random, seed);
    }

    [Fact]
    public void Readers_see_all_of_an_edit_or_nothing()
    {
        var table = new AddressTable("t");
        TableEntry[] whole = [Packets.Entry("10.0.0.0/8")], part = [Packets.Entry("!10.0.0.0/8"), Packets.Entry("10.0.0.0/16")];
        table.Replace(whole);
        using var stop = new CancellationTokenSource();
        long looks = 0, torn = 0;
        var reader = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                looks++;
                if (!table.Contains(0x0a00_0001, isV6: false)) torn++;             // a member before and after, not in between
            }
        });
        reader.Start();
        for (int edit = 0; edit < 2_000 || Volatile.Read(ref looks) < 100; edit++) table.Replace(edit % 2 == 0 ? part : whole);
        stop.Cancel();
        reader.Join();
        output.WriteLine($"{looks} looks");
        Assert.Equal(0, torn);
    }

    [Fact]
    public void Entries_count_by_worker_direction_and_verdict()
    {
        var table = new AddressTable("t", countsEntries: true);
        TableEntry net = Packets.Entry("10.0.0.0/8");
        TableCounters first = table.OpenCounters()!;
        table.Add(net, Packets.Entry("11.0.0.0/8"));
        TableCounters second = table.OpenCounters()!;
        table.TryFind(0x0a00_0001, isV6: false, out TableHit hit);
        first.Count(hit.Slot, RuleDirection.In, passed: true, packets: 2, bytes: 120);
        second.Count(hit.Slot, RuleDirection.In, passed: true, packets: 1, bytes: 60);
        second.Count(hit.Slot, RuleDirection.Out, passed: false, packets: 1, bytes: 40);
        Assert.Equal(new TableCount(3, 180), table.CountOf(net, RuleDirection.In, passed: true));
        Assert.Equal(new TableCount(1, 40), table.CountOf(net, RuleDirection.Out, passed: false));
        Assert.Equal(default, table.CountOf(Packets.Entry("11.0.0.0/8"), RuleDirection.In, passed: true));

        // What takes over the slot begins at nothing.
        table.Delete(net);
        table.Add(Packets.Entry("12.0.0.0/8"));
        Assert.Equal(default, table.CountOf(Packets.Entry("12.0.0.0/8"), RuleDirection.In, passed: true));
        Assert.Null(new AddressTable("plain").OpenCounters());
    }

    private static void Check(AddressTable table, Dictionary<(IpAddress Network, int Length), bool> members, Random random, int seed)
    {
        foreach ((IpAddress network, int length) in members.Keys.Take(100_000))
        {
            UInt128 address = network.Bits | (network.IsV6 ? (UInt128)(ulong)random.NextInt64() : (UInt128)(uint)random.Next(256));
            IpAddress sought = network.IsV6 ? new Ipv6Address(address) : new Ipv4Address((uint)address);
            Assert.True(Expected(members, sought) == table.Contains(sought), $"{sought}, within {network}/{length}, seed {seed}");
        }
    }

    private static bool Expected(Dictionary<(IpAddress Network, int Length), bool> members, IpAddress address)
    {
        foreach (int length in (ReadOnlySpan<int>)(address.IsV6 ? [64, 48] : [24, 16]))
            if (members.TryGetValue((new IpPrefix(address, length).Network, length), out bool isMember)) return isMember;
        return false;
    }

    /// <summary>A /24 or /16, a /64 or /48.</summary>
    private static TableEntry DrawWide(Random random, bool isV6)
    {
        bool isOuter = random.Next(100) == 0;
        IpAddress address = isV6
            ? new Ipv6Address(new UInt128(0x2001_0000_0000_0000 | ((ulong)random.NextInt64() & 0x0000_00ff_ffff_ffff), 0))
            : new Ipv4Address((uint)random.NextInt64(1L << 32));
        int length = isV6 ? (isOuter ? 48 : 64) : isOuter ? 16 : 24;
        return new TableEntry(new IpPrefix(address, length).Canonical, IsNegated: random.Next(4) == 0);
    }

    private static TableEntry DrawEntry(Random random)
    {
        int length = random.Next(8, 33);
        return new TableEntry(new IpPrefix(new Ipv4Address(0x0a01_0000 + (uint)random.Next(1 << 16)), length),
            IsNegated: random.Next(3) == 0);
    }
}
