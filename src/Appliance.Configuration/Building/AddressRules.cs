using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>Which addresses can be a station's. The ranges are those that the data path drops as martians.</summary>
internal static class AddressRules
{
    /// <summary>Null for an address that one station may have; otherwise what it is instead, to stand after "is".</summary>
    public static string? WhyNoStation(IpAddress address) => address.IsV6 ? WhyNoStation(address.V6) : WhyNoStation(address.V4);

    /// <summary>Null for an address and prefix length that a port may have; otherwise what is wrong, to stand after the address.</summary>
    public static string? WhyNotOwn(IpPrefix own)
    {
        if (WhyNoStation(own.Address) is { } what) return $"is {what}; expected a unicast address";
        if (own.Length == 0) return "has every address in its network; expected a longer prefix";
        if (WhyNotHost(own, own.Address) is { } place) return $"is {place}; expected the address of the port in it";
        return null;
    }

    /// <summary>Null for an address that a host within the network may have; otherwise which of the network's own it is.</summary>
    public static string? WhyNotHost(IpPrefix network, IpAddress address)
    {
        if (network.Length >= address.BitLength - 1) return null;     // RFC 3021, RFC 6164: both ends of a /31 or /127 are hosts
        if (network.Network == address) return $"the network {network.Canonical} itself";
        return network.TryGetBroadcast(out Ipv4Address broadcast) && broadcast == address
            ? $"the broadcast address of {network.Canonical}"
            : null;
    }

    /// <summary>Null for a destination that is routed to next hops; otherwise what it is, to stand after "is".</summary>
    public static string? WhyNotRouted(IpPrefix to)
    {
        if (to.Length == 0) return null;
        if (to.Address.IsLinkLocal && to.Length >= (to.Address.IsV6 ? 10 : 16)) return "link-local, which no router forwards";
        bool isWider = to.Length < (to.Address.IsV6 || to.Address.Bits == 0 ? 8 : 4);   // than the widest special range it could be in
        return isWider ? null : WhyNoStation(to.Address);
    }

    private static string? WhyNoStation(Ipv4Address address) => (address.Value >> 24) switch
    {
        0 => "in 0.0.0.0/8, which means this host",
        127 => "a loopback address",
        >= 224 and < 240 => "a multicast address",
        >= 240 => "reserved (240.0.0.0/4)",
        _ => null,
    };

    private static string? WhyNoStation(Ipv6Address address) => address switch
    {
        { IsMulticast: true } => "a multicast address",
        { IsIpv4Mapped: true } => "an IPv4-mapped address",
        _ when address == Ipv6Address.Any => "the unspecified address",
        _ when address == Ipv6Address.Loopback => "the loopback address",
        _ => null,
    };
}
