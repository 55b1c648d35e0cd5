using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>A virtual host as configured: who it is, how often it speaks, and to whom. Immutable.</summary>
public sealed record CarpGroupSettings
{
    /// <summary>1–255; with the port it names the group.</summary>
    public required byte Vhid { get; init; }

    public required PortId Port { get; init; }

    /// <summary>At most <see cref="CarpHmac.MaxAddresses"/>, of one or both families.</summary>
    public required ImmutableArray<IpAddress> Addresses { get; init; }

    public CarpKey Key { get; init; } = CarpKey.None;

    /// <summary>advbase and advskew: 1–255 and 0–254 in FreeBSD; a base of 0 is understood, and then FreeBSD does not follow.</summary>
    public CarpInterval Interval { get; init; } = new(BaseSeconds: 1, Skew: 0);

    /// <summary>Advertisements go to this station and no longer to the group; their hop limit is then not looked at.</summary>
    public Ipv4Address? PeerIpv4 { get; init; }

    public Ipv6Address? PeerIpv6 { get; init; }

    public CarpNeighbours Neighbours { get; init; }

    /// <summary>The addresses stay at the port's own MAC address, for hypervisors that let no other out or in.</summary>
    public bool UsesPortMac { get; init; }

    public bool HasIpv4 => Addresses.Any(address => !address.IsV6);

    public bool HasIpv6 => Addresses.Any(address => address.IsV6);

    /// <summary>Where neighbours find the addresses: the virtual MAC address, unless it is not to be used.</summary>
    public bool UsesVirtualMac => !UsesPortMac && Neighbours != CarpNeighbours.Ucarp;

    /// <summary>By content: two readings of one configuration are the same settings.</summary>
    public bool Equals(CarpGroupSettings? other) =>
        other is not null
        && (Vhid, Port, Interval, PeerIpv4, PeerIpv6, Neighbours, UsesPortMac)
            == (other.Vhid, other.Port, other.Interval, other.PeerIpv4, other.PeerIpv6, other.Neighbours, other.UsesPortMac)
        && Addresses.SequenceEqual(other.Addresses)
        && Key.IsSameAs(other.Key);

    public override int GetHashCode() => HashCode.Combine(Vhid, Port);

    /// <summary>What is wrong with the settings and what would be right, or null.</summary>
    public string? FindFault()
    {
        if (Vhid == 0) return "vhid: 0 is nobody's; expected 1 to 255";
        if (Addresses.Length > CarpHmac.MaxAddresses) return $"addresses: {Addresses.Length}; expected at most {CarpHmac.MaxAddresses}";
        if (Interval.Skew == byte.MaxValue) return "advskew: 255 says that a master leaves; expected 0 to 254";
        bool isUcarps = Addresses.Length == 1 && HasIpv4 && PeerIpv4 is null;
        return Neighbours != CarpNeighbours.Ucarp || isUcarps ? null : "ucarp: it knows one IPv4 address and the group; expected those";
    }
}
