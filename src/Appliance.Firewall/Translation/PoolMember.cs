using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What a pool's addresses come from: a prefix, of which every address counts, or a table as it is at any time.</summary>
public readonly record struct PoolMember
{
    public PoolMember(IpPrefix prefix) => Prefix = prefix.Canonical;

    public PoolMember(AddressTable table) => Table = table;

    /// <summary>Where there is no <see cref="Table"/>.</summary>
    public IpPrefix Prefix { get; }

    public AddressTable? Table { get; }

    /// <summary>Of a route's pool: the logical port that the address is a next hop at; else null.</summary>
    public ushort? Via { get; init; }

    public override string ToString() => Table is { } table ? $"<{table.Name}>" : Prefix.ToString();
}
