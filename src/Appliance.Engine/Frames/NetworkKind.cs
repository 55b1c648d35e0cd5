namespace Appliance.Engine;

/// <summary>What stands behind the Ethernet header and its tags.</summary>
public enum NetworkKind : byte
{
    None,
    Ipv4,
    Ipv6,
    Arp,
}
