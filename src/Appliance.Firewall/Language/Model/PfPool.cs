using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>Where a translation or a route leads: one address or several of one family, and how one of them is chosen.</summary>
public sealed record PfPool
{
    public required ImmutableArray<PoolAddress> Addresses { get; init; }
    public PoolKind Kind { get; init; }

    /// <summary>Of <see cref="PoolKind.SourceHash" />; null where the ruleset leaves the choice to us.</summary>
    public UInt128? HashKey { get; init; }
    public bool StickyAddress { get; init; }

    /// <summary>One mapping for all destinations, RFC 4787 §4.1.</summary>
    public bool EndpointIndependent { get; init; }
    public MapEPortSet? MapE { get; init; }
    public PoolPorts Ports { get; init; }

    /// <summary>IPv4 may be sent by way of an IPv6 neighbour, RFC 8950.</summary>
    public bool PreferIpv6NextHop { get; init; }

    public SourcePosition Position { get; init; }
}
