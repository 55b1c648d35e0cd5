using System.Collections.Concurrent;
using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>One outer endpoint for an inner one, and one inner for an outer (RFC 4787 REQ-1, REQ-3).</summary>
public sealed class EndpointMappingsTests
{
    private static readonly KeyedRandom Secret = KeyedRandom.FromSeed(1);
    private readonly PortClaims _claims = new(Secret);
    private readonly EndpointMappings _mappings;

    public EndpointMappingsTests()
    {
        _mappings = new EndpointMappings(_claims);
        _claims.Prepare(10_000);
        _mappings.Prepare(10_000);
    }

    [Fact]
    public void A_mapping_stays_while_states_use_it_and_its_endpoint_is_free_with_the_last()
    {
        SourceTranslation rule = Rule("203.0.113.0/30");
        MappedEndpoint inner = At("10.0.0.1", 5000), outer = At("203.0.113.1", 60_000);
        Assert.False(_mappings.TryHold(inner, rule, out _));
        Assert.True(_claims.TryClaim(_mappings.ClaimTo(outer)));
        Assert.True(_mappings.TryAdd(inner, rule, outer, out MappedEndpoint held));
        Assert.Equal(outer, held);
        Assert.True(_mappings.TryHold(inner, rule, out held));
        Assert.Equal(outer, held);
        Assert.False(_mappings.TryHold(At("10.0.0.1", 5001), rule, out _));
        _mappings.Release(inner, outer);
        Assert.True(_mappings.IsMapped(outer));
        _mappings.Release(inner, outer);
        Assert.False(_mappings.TryHold(inner, rule, out _));
        Assert.True(_claims.TryClaim(_mappings.ClaimTo(outer)));
        Assert.Equal(0, _mappings.Count);
    }

    [Fact]
    public void A_rule_goes_on_only_with_what_it_could_have_given()
    {
        SourceTranslation one = Rule("203.0.113.1"), other = Rule("198.51.100.1"), narrow = Rule("203.0.113.1", new PortRange(1000, 2000));
        MappedEndpoint inner = At("10.0.0.1", 5000), outer = At("203.0.113.1", 60_000), second = At("198.51.100.1", 60_000);
        Assert.True(_mappings.TryAdd(inner, one, outer, out _));
        Assert.False(_mappings.TryHold(inner, other, out _));
        Assert.False(_mappings.TryHold(inner, narrow, out _));
        Assert.True(_mappings.TryAdd(inner, other, second, out MappedEndpoint held));
        Assert.Equal(second, held);
        Assert.True(_mappings.TryHold(inner, one, out held));
        Assert.Equal((outer, 2), (held, _mappings.Count));
    }

    [Fact]
    public void Threads_that_map_the_same_endpoints_at_once_agree_and_share_none()
    {
        const int Rounds = 60_000, Inners = 40;
        SourceTranslation rule = Rule("203.0.113.1");
        var owners = new ConcurrentDictionary<MappedEndpoint, MappedEndpoint>();
        int shared = 0;
        void Run(int seed)
        {
            var random = new Random(seed);
            var held = new List<(MappedEndpoint Inner, MappedEndpoint Outer)>();
            for (int i = 0; i < Rounds; i++)
            {
                if (held.Count > 0 && random.Next(2) == 0)
                {
                    (MappedEndpoint inner, MappedEndpoint outer) = held[^1];
                    held.RemoveAt(held.Count - 1);
                    if (!owners.TryGetValue(outer, out MappedEndpoint owner) || owner != inner) Interlocked.Increment(ref shared);
                    _mappings.Release(inner, outer);
                    continue;
                }

                MappedEndpoint source = At("10.0.0.1", (ushort)random.Next(Inners));
                if (!TryMap(source, rule, (ushort)(50_001 + random.Next(64)), out MappedEndpoint mapped)) continue;
                owners[mapped] = source;                                    // nobody else may write it while this state is there
                held.Add((source, mapped));
            }

            foreach ((MappedEndpoint inner, MappedEndpoint outer) in held) _mappings.Release(inner, outer);
        }

        Thread[] threads = [new(() => Run(1)), new(() => Run(2)), new(() => Run(3))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal((0, 0), (shared, _mappings.Count));
        Assert.All(owners.Keys, outer => Assert.False(_claims.IsClaimed(_mappings.ClaimTo(outer))));
    }

    private bool TryMap(in MappedEndpoint inner, SourceTranslation rule, ushort port, out MappedEndpoint outer)
    {
        if (_mappings.TryHold(inner, rule, out outer)) return true;
        MappedEndpoint wanted = At("203.0.113.1", port);
        if (!_claims.TryClaim(_mappings.ClaimTo(wanted))) return false;
        bool isHeld = _mappings.TryAdd(inner, rule, wanted, out outer);
        if (!isHeld || outer != wanted) _claims.Release(_mappings.ClaimTo(wanted));
        return isHeld;
    }

    private static MappedEndpoint At(string address, ushort port) => new(Ipv4(address), port, IsV6: false);

    private static UInt128 Ipv4(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address.Bits : throw new FormatException(text);

    private static SourceTranslation Rule(string prefix, PortRange? range = null)
    {
        string[] parts = prefix.Split('/');
        Assert.True(IpAddress.TryParse(parts[0], out IpAddress address));
        var member = new PoolMember(new IpPrefix(address, parts.Length > 1 ? int.Parse(parts[1], null) : 32));
        ImmutableArray<PoolMember> members = [member];
        var pool = new AddressPool(PoolKind.RoundRobin, isV6: false, members, isSticky: false, Secret);
        return new SourceTranslation(pool, new PortPolicy(range ?? PortRange.Default, IsEndpointIndependent: true), Secret);
    }
}
