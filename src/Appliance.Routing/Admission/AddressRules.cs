using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Addresses that cannot stand where they stand (RFC 1812 §5.3.7, RFC 6890, RFC 4291 §2.5), whatever the configuration.</summary>
public static class AddressRules
{
    /// <summary>0/8, 127/8, 224/3.</summary>
    public static bool IsMartianSource(Ipv4Address address) => (address.Value >> 24) is 0 or 127 or >= 224;

    /// <summary>0/8, 127/8, 240/4 but for the limited broadcast address, which has its own reason.</summary>
    public static bool IsMartianDestination(Ipv4Address address) =>
        (address.Value >> 24) is 0 or 127 or >= 240 && address != Ipv4Address.LimitedBroadcast;

    /// <summary>Unspecified, loopback, multicast, IPv4-mapped.</summary>
    public static bool IsMartianSource(Ipv6Address address) => IsMartianDestination(address) || address.IsMulticast;

    /// <summary>Unspecified, loopback, IPv4-mapped: never on a link (RFC 4291 §2.5.2, §2.5.3).</summary>
    public static bool IsMartianDestination(Ipv6Address address) => address.Value <= 1 || address.IsIpv4Mapped;

    /// <summary>What is special about an address, in words that follow "is". Of an ordinary one: nothing is.</summary>
    public static string KindOf(IpAddress address)
    {
        if (address.IsMulticast) return "a group";
        if (!address.IsV6)
        {
            return (address.V4.Value >> 24) switch
            {
                0 => "in 0.0.0.0/8 (no host)",
                127 => "in 127.0.0.0/8 (loopback)",
                >= 240 => "in 240.0.0.0/4 (reserved)",
                _ => "nothing special",
            };
        }

        if (address.V6.IsIpv4Mapped) return "an IPv4-mapped address";
        return (ulong)UInt128.Min(address.V6.Value, 2) switch
        {
            0 => "the unspecified address",
            1 => "the loopback address",
            _ => "nothing special",
        };
    }
}
