namespace Appliance.Engine;

/// <summary>
/// Which fields of which packets are hashed; the NDIS_HASH_* bits of "RSS Hashing Types" (Windows network driver documentation).
/// </summary>
[Flags]
public enum HashTypes
{
    None = 0,
    Ipv4 = 0x100,
    TcpIpv4 = 0x200,
    Ipv6 = 0x400,
    TcpIpv6 = 0x1000,
    UdpIpv4 = 0x4000,
    UdpIpv6 = 0x8000,
    All = Ipv4 | TcpIpv4 | Ipv6 | TcpIpv6 | UdpIpv4 | UdpIpv6,
}
