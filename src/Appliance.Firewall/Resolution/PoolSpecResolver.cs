using System.Collections.Immutable;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// Pools as rules name them → what addresses are chosen from. Link-local addresses of a port are left out, where pf takes them: a datagram
/// that comes from one goes nowhere beyond its link.
/// </summary>
internal sealed class PoolSpecResolver(AddressResolver addresses, TableResolver tables, ResolutionErrors errors)
{
    /// <param name="pool">What the rule names.</param>
    /// <param name="family">The rule's; unspecified: of both.</param>
    public PoolSpec Resolve(PfPool pool, AddressFamily family) =>
        Resolve(pool, MembersOf(pool.Addresses.Select(address => address.Host), family));

    /// <summary>The same with members that are known.</summary>
    public PoolSpec Resolve(PfPool pool, ImmutableArray<PoolMember> members)
    {
        if (pool is { Kind: PoolKind.First, Addresses: [{ Host: { Kind: HostKind.Prefix } only }] }) WarnOfTheRest(only);
        return new PoolSpec(pool.Kind, members) { IsSticky = pool.StickyAddress, HashKey = pool.HashKey };
    }

    /// <summary>The next hops at a port; where none is named, the address 0 of each family that the rule may have.</summary>
    public IEnumerable<PoolMember> NextHops(PfHost host, AddressFamily family, ushort port)
    {
        IEnumerable<PoolMember> members = host.Kind == HostKind.Any
            ? Everything(family).Select(network => new PoolMember(new IpPrefix(network.Address, network.Address.BitLength)))
            : MembersOf([host], family);
        return members.Select(member => member with { Via = port });
    }

    /// <summary>A pool that replaces the network of an address and keeps its host.</summary>
    public PoolSpec Bitmask(PfHost host, AddressFamily family) => new(PoolKind.Bitmask, MembersOf([host], family));

    private ImmutableArray<PoolMember> MembersOf(IEnumerable<PfHost> hosts, AddressFamily family)
    {
        ImmutableArray<PoolMember>.Builder members = ImmutableArray.CreateBuilder<PoolMember>();
        foreach (PfHost host in hosts)
        {
            switch (host.Kind)
            {
                case HostKind.Any:
                    members.AddRange(Everything(family).Select(network => new PoolMember(network)));
                    break;
                case HostKind.Prefix:
                    members.Add(new PoolMember(new IpPrefix(host.First, host.PrefixLength)));
                    break;
                case HostKind.Table:
                    members.Add(new PoolMember(tables.Find(host.Name, host.Position)));
                    break;
                case HostKind.Interface:
                    members.AddRange(AddressesAt(host, family));
                    break;
                default:
                    errors.Add(host.Position, "a pool has addresses, networks, tables and ports of the appliance: expected one of these");
                    break;
            }
        }

        return [.. members.Distinct()];
    }

    private IEnumerable<PoolMember> AddressesAt(PfHost host, AddressFamily family)
    {
        if (addresses.AddressesAt(host) is not { } all) return [];
        IpPrefix[] usable = [.. all.Where(prefix => prefix.Address is not { IsV6: true, IsLinkLocal: true })];
        foreach (AddressFamily one in (ReadOnlySpan<AddressFamily>)[AddressFamily.Inet, AddressFamily.Inet6])
        {
            bool isWanted = family == AddressFamily.Unspecified || family == one;
            if (!isWanted || usable.Any(prefix => prefix.Address.IsV6 == (one == AddressFamily.Inet6))) continue;
            errors.Warn(host.Position,
                $"'{host.Name}' has no IPv{(int)one} address that can be used here: IPv{(int)one} packets of this rule are dropped");
        }

        return usable.Select(prefix => new PoolMember(prefix));
    }

    private static IEnumerable<IpPrefix> Everything(AddressFamily family)
    {
        if (family != AddressFamily.Inet6) yield return new IpPrefix(default(Ipv4Address), 0);
        if (family != AddressFamily.Inet) yield return new IpPrefix(default(Ipv6Address), 0);
    }

    private void WarnOfTheRest(PfHost host)
    {
        if (host.PrefixLength == host.First.BitLength) return;
        errors.Warn(host.Position,
            $"of {host.First}/{host.PrefixLength} only {host.First} is used: bitmask, random, source-hash or round-robin would use all");
    }
}
