using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>The tracker of a protocol in a family.</summary>
public static class TrackKinds
{
    /// <summary>
    /// ICMPv6 exists in IPv6 and ICMP in IPv4 only: 58 in IPv4 and 1 in IPv6 are protocols that nobody looks into (CVE-2009-0687 was a
    /// crash on the former).
    /// </summary>
    public static TrackKind Of(NetworkKind network, IpProtocol protocol) => (protocol, network) switch
    {
        (IpProtocol.Tcp, _) => TrackKind.Tcp,
        (IpProtocol.Udp, _) => TrackKind.Udp,
        (IpProtocol.Sctp, _) => TrackKind.Sctp,
        (IpProtocol.Icmp, NetworkKind.Ipv4) => TrackKind.Icmp,
        (IpProtocol.Icmpv6, NetworkKind.Ipv6) => TrackKind.Icmpv6,
        _ => TrackKind.Other,
    };
}
