using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Who hears a datagram that is sent to a link and to no single station there.</summary>
internal static class GroupMac
{
    /// <summary>
    /// RFC 1112 §6.4 and RFC 2464 §7 for groups; what else is sent to a link is link-local, or a broadcast (RFC 922 §7). False: it is for
    /// one station.
    /// </summary>
    /// <param name="destination">Of a datagram that stays on its link.</param>
    /// <param name="mac">The group's.</param>
    public static bool TryFind(IpAddress destination, out MacAddress mac)
    {
        mac = default;
        if (destination.IsMulticast)
        {
            mac = destination.IsV6
                ? new MacAddress(0x3333_0000_0000UL | (uint)destination.V6.Value)
                : new MacAddress(0x0100_5e00_0000UL | (destination.V4.Value & 0x7f_ffff));
            return true;
        }

        if (destination.IsLinkLocal) return false;
        mac = MacAddress.Broadcast;
        return true;
    }
}
