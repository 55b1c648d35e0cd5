using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>A pool as it was written: before its addresses are those of one family, and before its defaults.</summary>
internal sealed record PoolSyntax(SourcePosition Position)
{
    public ImmutableArray<PoolAddress> Addresses { get; init; } = [];

    /// <summary>0 where the ruleset names no port.</summary>
    public ushort FirstPort { get; init; }

    /// <summary>0 where it names none or a single one.</summary>
    public ushort LastPort { get; init; }

    /// <summary><c>port 8000:*</c>: as many ports from the first on as the rule's destination ports are.</summary>
    public bool IsOpenEnded { get; init; }

    /// <summary>Null where it says nothing: one address alone, or round-robin where there are several.</summary>
    public PoolKind? Kind { get; init; }
    public UInt128? HashKey { get; init; }
    public bool StickyAddress { get; init; }
    public bool StaticPort { get; init; }
    public bool EndpointIndependent { get; init; }
    public bool PreferIpv6NextHop { get; init; }
    public MapEPortSet? MapE { get; init; }
}
