using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class AddressPoolTests
{
    private static readonly KeyedRandom Secret = KeyedRandom.FromSeed(3);
    private static readonly BucketPorts Buckets = new(Steering.Symmetric);

    [Fact]
    public void Round_robin_gives_one_address_after_the_other_and_begins_again()
    {
        AddressPool pool = Pool(PoolKind.RoundRobin, "192.0.2.8/31", "198.51.100.1/32");
        string[] given = [.. Enumerable.Range(0, 7).Select(i => First(pool, Flow(i)))];
        Assert.Equal(["192.0.2.8", "192.0.2.9", "198.51.100.1", "192.0.2.8", "192.0.2.9", "198.51.100.1", "192.0.2.8"], given);
    }

    [Fact]
    public void Round_robin_gives_each_address_equally_often_whoever_asks()
    {
        AddressPool pool = Pool(PoolKind.RoundRobin, "192.0.2.0/29");
        var counts = new int[8];
        Parallel.For(0, 8_000, i => Interlocked.Increment(ref counts[(int)(FirstBits(pool, Flow(i)) & 7)]));
        Assert.All(counts, count => Assert.Equal(1000, count));
    }

    [Fact]
    public void Bitmask_keeps_the_host()
    {
        Assert.Equal("198.51.100.77", First(Pool(PoolKind.Bitmask, "198.51.100.0/24"), new FrameEndpoints(0x0a00_014d, 1, 2, 3)));
        var v6 = new FrameEndpoints(new UInt128(0x2001_0db8_0001_0002, 0x0000_0000_0000_0042), 1, 2, 3);
        Assert.Equal("2001:db8:ffff:2::42", First(Pool(PoolKind.Bitmask, "2001:db8:ffff::/48"), v6));
    }

    [Fact]
    public void Source_hash_gives_a_source_the_same_address_always_and_spreads_sources()
    {
        AddressPool pool = Pool(PoolKind.SourceHash, "192.0.2.0/28", "198.51.100.0/28");
        var counts = new Dictionary<UInt128, int>();
        for (int source = 0; source < 32_000; source++)
        {
            UInt128 address = FirstBits(pool, Flow(source));
            Assert.Equal(address, FirstBits(pool, Flow(source) with { Destination = 99, SourcePort = 1 }));
            counts[address] = counts.GetValueOrDefault(address) + 1;
        }

        Assert.Equal(32, counts.Count);
        Assert.InRange(counts.Values.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000), 10, 68);        // chi-square of 31 degrees
        var other = new AddressPool(
            pool.Kind, isV6: false, [Member("192.0.2.0/28"), Member("198.51.100.0/28")], isSticky: false, KeyedRandom.FromSeed(4));
        Assert.NotEqual(
            Enumerable.Range(0, 20).Select(i => First(pool, Flow(i))),
            Enumerable.Range(0, 20).Select(i => First(other, Flow(i))));
    }

    [Fact]
    public void Random_follows_from_the_flow_and_is_even()
    {
        AddressPool pool = Pool(PoolKind.Random, "192.0.2.0/28"), sticky = Pool(PoolKind.Random, true, "192.0.2.0/28");
        var counts = new int[16];
        int moved = 0;
        for (int i = 0; i < 16_000; i++)
        {
            Assert.Equal(First(pool, Flow(i)), First(pool, Flow(i)));
            counts[(int)(FirstBits(pool, Flow(i)) & 15)]++;
            FrameEndpoints other = Flow(i) with { SourcePort = 7 };
            Assert.Equal(First(sticky, Flow(i)), First(sticky, other));
            if (First(pool, Flow(i)) != First(pool, other)) moved++;
        }

        Assert.InRange(counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000), 2, 45);               // 15 degrees
        Assert.InRange(moved, 14_000, 16_000);
    }

    [Fact]
    public void Walk_visits_every_address_once_and_is_bounded()
    {
        PoolWalk walk = Pool(PoolKind.Random, "192.0.2.0/29", "198.51.100.0/30").Begin(Flow(1), default);
        var seen = new HashSet<UInt128>();
        while (walk.TryNext(out UInt128 address))
            Assert.True(seen.Add(address));
        Assert.Equal(12, seen.Count);

        PoolWalk large = Pool(PoolKind.Random, "::/0").Begin(Flow(1), default);
        int count = 0;
        while (large.TryNext(out UInt128 _))
            count++;
        Assert.Equal(PoolWalk.MaxAddresses, count);
    }

    [Fact]
    public void Pool_is_of_one_family_and_may_be_empty()
    {
        PoolMember[] members = [Member("192.0.2.0/30"), Member("2001:db8::/126"), Member("198.51.100.0/31")];
        Assert.Equal((UInt128)6, new AddressPool(PoolKind.Random, isV6: false, [.. members], isSticky: false, Secret).Count);
        Assert.Equal((UInt128)4, new AddressPool(PoolKind.Random, isV6: true, [.. members], isSticky: false, Secret).Count);
        foreach (PoolKind kind in Enum.GetValues<PoolKind>())
        {
            var empty = new AddressPool(kind, isV6: true, [Member("192.0.2.0/30")], isSticky: true, Secret);
            Assert.False(empty.Begin(Flow(1), default).TryNext(out UInt128 _), $"{kind}");
        }
    }

    [Fact]
    public void Sticky_source_keeps_its_address_as_long_as_it_has_states()
    {
        var probe = new TakenPorts([]);
        var translation = new SourceTranslation(Pool(PoolKind.RoundRobin, true, "192.0.2.0/30"), PortPolicy.Default, Secret);
        UInt128 one = Translate(translation, 1, ref probe), other = Translate(translation, 2, ref probe);
        Assert.NotEqual(one, other);
        for (int i = 0; i < 5; i++)
            Assert.Equal(one, Translate(translation, 1, ref probe));
        for (int i = 0; i < 6; i++)
            translation.Unstick(Flow(1).Source);
        Assert.NotEqual(one, Translate(translation, 1, ref probe));
        Assert.Equal(other, Translate(translation, 2, ref probe));
    }

    [Fact]
    public void Sticky_sources_are_bounded_and_count_right_from_many_threads()
    {
        var sources = new StickySources(64);
        int kept = 0;
        for (uint source = 1; source <= 1000; source++)
            kept += sources.TryHold(source, new PoolChoice(source), out _) ? 1 : 0;
        Assert.InRange(kept, 64, 128);

        var shared = new StickySources(1000);
        Parallel.For(0, 40_000, i =>
        {
            var choice = new PoolChoice((UInt128)(uint)(i % 100) + 5, Via: (ushort)(i % 100));
            Assert.True(shared.TryHold((UInt128)(uint)(i % 100), choice, out PoolChoice own));
            Assert.Equal(choice, own);
        });
        Parallel.For(0, 40_000 - 100, i => shared.Release((UInt128)(uint)(i % 100)));
        for (uint source = 0; source < 100; source++)
        {
            Assert.True(shared.TryHold(source, new PoolChoice(1), out PoolChoice held));
            Assert.Equal(new PoolChoice((UInt128)source + 5, (ushort)source), held);        // one state was left
            shared.Release(source);
            shared.Release(source);
            Assert.True(shared.TryHold(source, new PoolChoice(1), out held));
            Assert.Equal(new PoolChoice(1), held);                          // none was
        }
    }

    [Fact]
    public void Next_address_is_tried_when_one_has_no_port_left_and_all_full_is_refused()
    {
        var taken = new HashSet<(UInt128, ushort)>();
        var probe = new TakenPorts(taken);
        var policy = new PortPolicy(new PortRange(60_000, 60_009));
        var translation = new SourceTranslation(Pool(PoolKind.RoundRobin, "192.0.2.0/30"), policy, Secret);
        for (int i = 0; i < 40; i++)
        {
            Assert.True(translation.TryChoose(Flow(i), IpProtocol.Udp, Buckets, 0, ref probe, out FrameEndpoints translated));
            Assert.True(taken.Add((translated.Source, translated.SourcePort)));
        }

        Assert.False(translation.TryChoose(Flow(40), IpProtocol.Udp, Buckets, 0, ref probe, out _));
        taken.Remove((0xc000_0202, 60_003));
        Assert.True(translation.TryChoose(Flow(40), IpProtocol.Udp, Buckets, 0, ref probe, out FrameEndpoints last));
        Assert.Equal(((UInt128)0xc000_0202, (ushort)60_003), (last.Source, last.SourcePort));
    }

    [Fact]
    public void Search_of_a_full_pool_is_bounded()
    {
        var everything = new FullPorts();
        var translation = new SourceTranslation(Pool(PoolKind.Random, "10.0.0.0/8"), PortPolicy.Default, Secret);
        Assert.False(translation.TryChoose(Flow(1), IpProtocol.Udp, Buckets, 0, ref everything, out _));
        Assert.InRange(
            everything.Asked, 15_535, SourceTranslation.MaxProbes + 15_535 + (64 * (PortChoice.OwnBucketDraws + PortChoice.AnyDraws)));
    }

    [Fact]
    public void Echo_identifier_is_translated_in_both_places()
    {
        var probe = new TakenPorts([]);
        var translation = new SourceTranslation(Pool(PoolKind.First, "192.0.2.1/32"), PortPolicy.Default, Secret);
        var flow = new FrameEndpoints(0x0a00_0001, 5, 77, 77);
        Assert.True(translation.TryChoose(flow, IpProtocol.Icmp, Buckets, 0, ref probe, out FrameEndpoints translated));
        Assert.Equal(translated.SourcePort, translated.DestinationPort);
        Assert.NotEqual(0, translated.SourcePort);
    }

    [Theory]
    [InlineData(true, 15_535)]
    [InlineData(false, 0)]
    public void All_ports_are_looked_at_only_where_that_is_allowed(bool maySearch, int inVain)
    {
        HashSet<(UInt128, ushort)> taken = [.. Enumerable.Range(0, 65_536).Select(port => ((UInt128)0xc000_0201, (ushort)port))];
        var probe = new TakenPorts(taken) { MaySearch = maySearch };
        var translation = new SourceTranslation(Pool(PoolKind.First, "192.0.2.1/32"), PortPolicy.Default, Secret);
        var flow = new FrameEndpoints(0x0a00_0001, 0x0a00_0002, 5000, 53);
        Assert.False(translation.TryChoose(flow, IpProtocol.Udp, Buckets, 0, ref probe, out _));
        Assert.Equal(inVain, probe.InVain);
        Assert.InRange(probe.Asked, inVain, inVain + PortChoice.OwnBucketDraws + PortChoice.AnyDraws);
    }

    private struct FullPorts : IPortProbe
    {
        public readonly PortHalf Half => PortHalf.Whole;

        public readonly bool MaySearch => true;

        public int Asked;

        public readonly void NoteInVain(int ports)
        {
        }

        public bool IsFree(UInt128 address, ushort port)
        {
            Asked++;
            return false;
        }
    }

    private static UInt128 Translate(SourceTranslation translation, int client, ref TakenPorts probe)
    {
        Assert.True(translation.TryChoose(Flow(client), IpProtocol.Tcp, Buckets, 0, ref probe, out FrameEndpoints translated));
        return translated.Source;
    }

    private static FrameEndpoints Flow(int client) => new(0x0a00_0000 + (uint)client, 0xc633_6407, 1234, 53);

    private static UInt128 FirstBits(AddressPool pool, FrameEndpoints flow)
    {
        Assert.True(pool.Begin(flow, flow.Source).TryNext(out UInt128 address));
        return address;
    }

    private static string First(AddressPool pool, FrameEndpoints flow) =>
        pool.IsV6 ? new Ipv6Address(FirstBits(pool, flow)).ToString() : new Ipv4Address((uint)FirstBits(pool, flow)).ToString();

    private static AddressPool Pool(PoolKind kind, params string[] prefixes) => Pool(kind, isSticky: false, prefixes);

    private static AddressPool Pool(PoolKind kind, bool isSticky, params string[] prefixes) =>
        new(kind, prefixes.Any(prefix => prefix.Contains(':', StringComparison.Ordinal)), [.. prefixes.Select(Member)], isSticky, Secret);

    private static PoolMember Member(string text) => new(Prefix(text));

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
