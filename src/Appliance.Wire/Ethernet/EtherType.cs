namespace Appliance.Wire.Ethernet;

/// <summary>The protocol of a frame's payload (IEEE 802 Numbers, IANA). Values up to 1500 are an 802.3 length, not a type.</summary>
public enum EtherType : ushort
{
    Ipv4 = 0x0800,
    Arp = 0x0806,
    TransparentEthernetBridging = 0x6558,
    Vlan = 0x8100,              // 802.1Q C-tag
    Ipv6 = 0x86dd,
    PppoeDiscovery = 0x8863,
    PppoeSession = 0x8864,
    MplsUnicast = 0x8847,
    ServiceVlan = 0x88a8,       // 802.1ad S-tag
    Lldp = 0x88cc,
}
