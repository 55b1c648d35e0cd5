using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Where flows are redirected to; ports by the arithmetic of pf_get_translation.</summary>
public sealed class DestinationTranslationTests
{
    private static readonly KeyedRandom Secret = KeyedRandom.FromSeed(3);

    [Theory]
    [InlineData(2000, 4000, 4999, 2000, 4000)]                          // port 2000:2999 -> h port 4000:*
    [InlineData(2000, 4000, 4999, 2999, 4999)]
    [InlineData(2000, 4000, 4099, 2100, 4000)]                          // port 2000:2999 -> h port 4000:4099
    [InlineData(2000, 4000, 4099, 2999, 4099)]
    [InlineData(0, 4000, 4099, 5, 4005)]                                // any port
    [InlineData(0, 4000, 4099, 65535, 4035)]
    [InlineData(1024, 4000, 4099, 1023, 4099)]                          // port < 1024
    [InlineData(65535, 65535, 65535, 7, 65535)]
    [InlineData(0, 0, 65535, 65535, 65535)]
    public void A_range_of_ports_is_mapped_by_the_place_in_it(ushort from, ushort first, ushort last, ushort port, ushort expected) =>
        Assert.Equal(expected, DestinationPorts.Range(from, first, last).Translate(port));

    [Fact]
    public void Ports_are_pf_s_for_every_range_and_every_port_that_a_rule_matches()
    {
        var random = new Random(5);
        for (int i = 0; i < 10_000; i++)
        {
            int from = random.Next(65536), first = random.Next(65536), last = random.Next(first, 65536), port = random.Next(from, 65536);
            int pf = ((port - from) % (last - first + 1)) + first;
            Assert.Equal(pf, DestinationPorts.Range((ushort)from, (ushort)first, (ushort)last).Translate((ushort)port));
        }
    }

    [Fact]
    public void One_port_is_all_ports_and_none_leaves_them()
    {
        Assert.Equal(8080, DestinationPorts.One(8080).Translate(1));
        Assert.Equal(1, default(DestinationPorts).Translate(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DestinationPorts.Range(1, 3, 2));
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, 8080)]
    [InlineData(IpProtocol.Udp, 8080)]
    [InlineData(IpProtocol.Sctp, 80)]
    [InlineData(IpProtocol.Icmp, 80)]
    public void Only_ports_of_TCP_and_UDP_change(IpProtocol protocol, ushort port)
    {
        DestinationTranslation translation = Make(PoolKind.First, isSticky: false, DestinationPorts.One(8080), "10.0.0.2/32");
        Assert.True(translation.TryChoose(new FrameEndpoints(1, 2, 3, 80), protocol, out FrameEndpoints translated));
        Assert.Equal(new FrameEndpoints(1, 0x0a00_0002, 3, port), translated);
    }

    [Fact]
    public void Bitmask_keeps_the_destinations_host()
    {
        DestinationTranslation translation = Make(PoolKind.Bitmask, isSticky: false, default, "10.1.2.0/24");
        var flow = new FrameEndpoints(0xc633_6407, 0xcb00_714d, 3, 80);
        Assert.True(translation.TryChoose(flow, IpProtocol.Tcp, out FrameEndpoints translated));
        Assert.Equal(flow with { Destination = 0x0a01_024d }, translated);
    }

    [Fact]
    public void Servers_take_turns_and_a_sticky_source_stays_with_its_own()
    {
        DestinationTranslation translation = Make(PoolKind.RoundRobin, isSticky: false, default, "10.0.0.2/31", "10.0.0.9/32");
        UInt128[] given = [.. Enumerable.Range(0, 6).Select(i => Choose(translation, 7))];
        Assert.Equal([0x0a00_0002, 0x0a00_0003, 0x0a00_0009, 0x0a00_0002, 0x0a00_0003, 0x0a00_0009], given);
        DestinationTranslation sticky = Make(PoolKind.RoundRobin, isSticky: true, default, "10.0.0.2/31", "10.0.0.9/32");
        UInt128 mine = Choose(sticky, 7);
        Assert.NotEqual(mine, Choose(sticky, 8));
        Assert.Equal(mine, Choose(sticky, 7));
        sticky.Unstick(7);
        sticky.Unstick(7);
        Choose(sticky, 9);                                              // takes the turn in which it had its own
        Assert.NotEqual(mine, Choose(sticky, 7));
    }

    [Fact]
    public void A_hash_of_the_source_chooses_the_server_by_the_rules_key()
    {
        var spec = new PoolSpec(PoolKind.SourceHash, [Member("10.0.0.0/24")]) { HashKey = 5 };
        AddressPool one = spec.ToPool(isV6: false, Secret), same = spec.ToPool(isV6: false, KeyedRandom.FromSeed(9));
        AddressPool other = (spec with { HashKey = 6 }).ToPool(isV6: false, Secret);
        Assert.Equal(Given(one), Given(same));
        Assert.NotEqual(Given(one), Given(other));
        Assert.All(Given(one), address => Assert.Equal((UInt128)0x0a_0000, address >> 8));

        UInt128[] Given(AddressPool pool) =>
            [.. Enumerable.Range(0, 50).Select(i => Choose(new DestinationTranslation(pool, default), (uint)i))];
    }

    [Fact]
    public void A_rule_of_both_families_has_a_pool_of_each_and_none_where_it_has_no_address()
    {
        var both = new LiveTranslation(
            new RuleTranslation
            {
                Source = new SourceSpec(
                    new PoolSpec(PoolKind.RoundRobin, [Member("192.0.2.1/32"), Member("2001:db8::1/128")]), PortPolicy.Default),
                Destination = new DestinationSpec(new PoolSpec(PoolKind.First, [Member("10.0.0.2/32")]), default),
            },
            Secret);
        var probe = new TakenPorts([]);
        var flow = new FrameEndpoints(1, 2, 3, 4);
        var buckets = new BucketPorts(Steering.Symmetric);
        Assert.True(both.Source(isV6: true)!.TryChoose(flow, IpProtocol.Udp, buckets, 0, ref probe, out FrameEndpoints v6));
        Assert.Equal(new UInt128(0x2001_0db8_0000_0000, 1), v6.Source);
        Assert.True(both.Source(isV6: false)!.TryChoose(flow, IpProtocol.Udp, buckets, 0, ref probe, out FrameEndpoints v4));
        Assert.Equal(0xc000_0201, v4.Source);
        Assert.True(both.Destination(isV6: false)!.TryChoose(flow, IpProtocol.Udp, out _));
        Assert.False(both.Destination(isV6: true)!.TryChoose(flow, IpProtocol.Udp, out _));
        Assert.Null(new LiveTranslation(new RuleTranslation(), Secret).Source(isV6: false));
    }

    private static UInt128 Choose(DestinationTranslation translation, uint source)
    {
        Assert.True(translation.TryChoose(new FrameEndpoints(source, 2, 3, 80), IpProtocol.Tcp, out FrameEndpoints translated));
        return translated.Destination;
    }

    private static DestinationTranslation Make(PoolKind kind, bool isSticky, DestinationPorts ports, params string[] prefixes) =>
        new(new AddressPool(kind, isV6: false, [.. prefixes.Select(Member)], isSticky, Secret), ports);

    private static PoolMember Member(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return new PoolMember(prefix);
    }
}
