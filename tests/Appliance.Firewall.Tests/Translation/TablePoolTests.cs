using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Pools of tables: their members, each once, as the table is at the time.</summary>
public sealed class TablePoolTests
{
    [Fact]
    public void A_tables_members_take_turns_but_for_what_is_negated()
    {
        AddressTable table = Table("10.0.0.0/29", "!10.0.0.2/31", "10.0.0.3/32", "10.0.0.9/32", "2001:db8::4/127");
        Assert.Equal([0, 1, 3, 4, 5, 6, 7, 9, 0, 1], Turns(Pool(table, isV6: false), 10).Select(address => (int)address & 15));
        Assert.Equal([4, 5, 4], Turns(Pool(table, isV6: true), 3).Select(address => (int)address & 15));
    }

    [Fact]
    public void Changes_of_a_table_are_seen_by_pools_that_there_are()
    {
        AddressTable table = Table("10.0.0.1/32");
        AddressPool pool = Pool(table, isV6: false);
        Assert.Equal([1, 1], Turns(pool, 2).Select(address => (int)address & 15));
        table.Add(Entry("10.0.0.2/32"));
        Assert.Equal([1, 2], Turns(pool, 2).Order().Select(address => (int)address & 15));
        table.Flush();
        Assert.False(pool.Begin(default, default).TryNext(out UInt128 _));
        Assert.Equal((UInt128)0, pool.Count);
    }

    [Fact]
    public void A_walk_ends_where_its_addresses_went()
    {
        AddressTable table = Table("10.0.0.0/29");
        PoolWalk walk = Pool(table, isV6: false).Begin(default, default);
        Assert.True(walk.TryNext(out UInt128 _));
        table.Flush();
        Assert.False(walk.TryNext(out UInt128 _));
    }

    [Fact]
    public void Tables_stand_beside_addresses()
    {
        var pool = new AddressPool(
            PoolKind.RoundRobin, isV6: false,
            [
                Member("10.0.0.1/32"), new PoolMember(Table("10.0.0.2/31")), Member("10.0.0.4/32"), Member("10.0.0.6/31"),
                new PoolMember(Table()),
            ],
            isSticky: false, KeyedRandom.FromSeed(1));
        Assert.Equal([1, 2, 3, 4, 6, 7, 1], Turns(pool, 7).Select(address => (int)address & 15));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_addresses_are_those_that_the_table_says_are_members(bool isV6)
    {
        var random = new Random(6);
        int bits = isV6 ? 128 : 32;
        UInt128 top = isV6 ? UInt128.MaxValue << 8 : 0xffff_ff00;
        for (int round = 0; round < 300; round++)
        {
            UInt128 high = round % 3 == 0 ? 0 : round % 3 == 1 ? top : (UInt128)0x0a00_0000 & top;
            IEnumerable<TableEntry> entries = Enumerable.Range(0, random.Next(12)).Select(i => new TableEntry(
                new IpPrefix(Address(high + (uint)random.Next(256), isV6), bits - random.Next(9)), random.Next(3) == 0));
            var table = new AddressTable("t");
            foreach (TableEntry entry in entries) table.Add(entry);
            AddressPool pool = Pool(table, isV6);
            var places = new List<UInt128>();
            for (UInt128 place = 0; pool.TryGet(place, out PoolChoice choice); place++) places.Add(choice.Address);
            UInt128[] members = [.. Enumerable.Range(0, 256).Select(i => high + (uint)i).Where(address => table.Contains(address, isV6))];
            Assert.Equal(members, places);
            Assert.Equal((UInt128)members.Length, pool.Count);
        }
    }

    private static IpAddress Address(UInt128 bits, bool isV6) => isV6 ? new Ipv6Address(bits) : new Ipv4Address((uint)bits);

    private static UInt128[] Turns(AddressPool pool, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        Assert.True(pool.Begin(default, default).TryNext(out UInt128 address));
        return address;
    })];

    private static AddressPool Pool(AddressTable table, bool isV6) =>
        new(PoolKind.RoundRobin, isV6, [new PoolMember(table)], isSticky: false, KeyedRandom.FromSeed(1));

    private static AddressTable Table(params string[] entries)
    {
        var table = new AddressTable("t");
        table.Add(entries.Select(Entry));
        return table;
    }

    private static TableEntry Entry(string text) => new(Member(text.TrimStart('!')).Prefix, text[0] == '!');

    private static PoolMember Member(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return new PoolMember(prefix);
    }
}
