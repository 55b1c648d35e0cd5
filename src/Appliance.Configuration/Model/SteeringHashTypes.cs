namespace Appliance.Configuration;

/// <summary>The NDIS hash types in force; they bind unless the key is symmetric. The values are the appliance's own, not NDIS's.</summary>
[Flags]
public enum SteeringHashTypes
{
    None = 0,
    Ipv4 = 1,
    Ipv6 = 2,
    TcpIpv4 = 4,
    TcpIpv6 = 8,
    UdpIpv4 = 16,
    UdpIpv6 = 32,
    All = Ipv4 | Ipv6 | TcpIpv4 | TcpIpv6 | UdpIpv4 | UdpIpv6,
}
