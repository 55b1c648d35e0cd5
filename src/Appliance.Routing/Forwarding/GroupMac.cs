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
        mac = destination.IsMulticast ? destination.GroupMac : MacAddress.Broadcast;
        return destination.IsMulticast || !destination.IsLinkLocal;
    }
}
