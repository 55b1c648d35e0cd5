namespace Appliance.Wire.Ip;

/// <summary>Assigned Internet Protocol Numbers (IANA); IPv6 extension headers share the space (RFC 8200 §4).</summary>
public enum IpProtocol : byte
{
    HopByHop = 0,
    Icmp = 1,
    Igmp = 2,
    Ipv4 = 4,                   // IP in IP, RFC 2003
    Tcp = 6,
    Udp = 17,
    Ipv6 = 41,
    Routing = 43,
    Fragment = 44,
    Gre = 47,
    Esp = 50,
    AuthenticationHeader = 51,
    Icmpv6 = 58,
    NoNextHeader = 59,
    DestinationOptions = 60,
    Ospf = 89,
    Carp = 112,                 // shared with VRRP
    Sctp = 132,
    Mobility = 135,
    UdpLite = 136,
    HostIdentity = 139,
    Shim6 = 140,
}
