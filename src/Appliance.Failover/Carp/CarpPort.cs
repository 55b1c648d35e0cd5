using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>What CARP must know of a port as it is now.</summary>
public sealed record CarpPort
{
    public required PortId Id { get; init; }

    /// <summary>As users call it: <c>wan</c>.</summary>
    public required string Name
    {
        get;
        init => (field, Tag) = (value, LanePair.TagOf(value));
    }

    /// <summary>By what the other box knows the port.</summary>
    internal uint Tag { get; private init; }

    public required MacAddress Mac { get; init; }

    /// <summary>The port's own addresses, virtual ones not among them; the preferred one of a kind comes first.</summary>
    public ImmutableArray<IpAddress> Addresses { get; init; } = [];

    public required LinkState Link { get; init; }

    /// <summary>By which the port speaks to <paramref name="destination"/>; without any, as in FreeBSD, the unspecified one.</summary>
    public IpAddress SourceFor(IpAddress destination)
    {
        if (!destination.IsV6) return First(static address => !address.IsV6) ?? Ipv4Address.Any;
        bool isOnLink = destination.IsMulticast || destination.IsLinkLocal;
        IpAddress? onLink = First(static address => address.IsV6 && address.IsLinkLocal);
        IpAddress? other = First(static address => address.IsV6 && !address.IsLinkLocal);
        return (isOnLink ? onLink ?? other : other ?? onLink) ?? Ipv6Address.Any;
    }

    private IpAddress? First(Func<IpAddress, bool> isWanted)
    {
        foreach (IpAddress address in Addresses)
        {
            if (isWanted(address)) return address;
        }

        return null;
    }
}
