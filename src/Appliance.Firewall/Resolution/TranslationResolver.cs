using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>What rules say of translation → values that rules name by their index, one list for all kinds of rules.</summary>
internal sealed class TranslationResolver(PoolSpecResolver pools)
{
    private readonly ImmutableArray<RuleTranslation>.Builder _all = ImmutableArray.CreateBuilder<RuleTranslation>();

    public ImmutableArray<RuleTranslation> All => _all.ToImmutable();

    /// <summary>The index of what a filter, nat or rdr rule translates, or <see cref="Rule.None"/>.</summary>
    public int Resolve(PfRule rule)
    {
        if (rule.Translation is not { NewFamily: AddressFamily.Unspecified } translation) return Rule.None;
        if (translation is { Source: null, Destination: null }) return Rule.None;
        return Add(new RuleTranslation
        {
            Source = translation.Source is not { } source ? null : translation.IsBinatTo
                ? OneToOne(source.Addresses[0].Host, rule.Family)
                : new SourceSpec(pools.Resolve(source, rule.Family), PortsOf(source)),
            Destination = translation.Destination is not { } destination ? null : translation.IsBinatTo
                ? new DestinationSpec(pools.Bitmask(destination.Addresses[0].Host, rule.Family), default)
                : new DestinationSpec(pools.Resolve(destination, rule.Family), PortsOf(destination, rule.Destination.Port)),
        });
    }

    /// <summary>What a binat rule does on the way out: the inner network becomes the outer.</summary>
    public int ResolveBinatOut(PfRule rule) => rule.Translation?.Source is { } outer
        ? Add(new RuleTranslation { Source = OneToOne(outer.Addresses[0].Host, rule.Family) })
        : Rule.None;

    /// <summary>And what it does on the way in.</summary>
    public int ResolveBinatIn(PfRule rule) => rule.Translation?.Source is not null
        ? Add(new RuleTranslation { Destination = new DestinationSpec(pools.Bitmask(rule.Source.Host, rule.Family), default) })
        : Rule.None;

    private SourceSpec OneToOne(PfHost outer, AddressFamily family) => new(pools.Bitmask(outer, family), PortPolicy.OneToOne);

    private int Add(RuleTranslation translation)
    {
        _all.Add(translation);
        return _all.Count - 1;
    }

    /// <summary>Ports of a source; none at all are <c>static-port</c>.</summary>
    private static PortPolicy PortsOf(PfPool pool) => new(
        pool.MapE is { } set ? PortRange.MapE(set.Offset, set.Length, set.Identifier)
            : pool.Ports == default ? PortRange.Default
            : new PortRange(pool.Ports.First, pool.Ports.Last),
        IsStatic: pool.MapE is null && pool.Ports == default,
        IsEndpointIndependent: pool.EndpointIndependent);

    /// <summary>Ports of a destination: none, one, or a range, into which those that the rule matches are mapped.</summary>
    private static DestinationPorts PortsOf(PfPool pool, PortMatch matched)
    {
        PoolPorts ports = pool.Ports;
        if (ports == default) return default;
        return ports.Last == 0 ? DestinationPorts.One(ports.First) : DestinationPorts.Range(matched.First, ports.First, ports.Last);
    }
}
