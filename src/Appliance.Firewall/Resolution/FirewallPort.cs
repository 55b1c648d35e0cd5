using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What a ruleset can say of a port of the appliance: its name, the groups it is in, its addresses.</summary>
/// <param name="Index">By which <see cref="PortSet"/> and <see cref="PacketView"/> know it.</param>
public sealed record FirewallPort(int Index, string Name)
{
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>With the lengths of their networks: its own in their order, then those that it shares with a peer.</summary>
    public ImmutableArray<IpPrefix> Addresses { get; init; } = [];

    /// <summary>Its fe80::/64 address; null where nobody knows it yet.</summary>
    public Ipv6Address? LinkLocal { get; init; }
}
