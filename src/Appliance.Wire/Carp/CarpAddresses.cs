using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Carp;

/// <summary>The addresses by which CARP is spoken; all are VRRP's too (RFC 9568 §5.1.1.2, §5.1.2.2, §7.3).</summary>
public static class CarpAddresses
{
    private const ulong VirtualPrefix = 0x0000_5e00_0100;

    /// <summary>The hop limit that advertisements are sent with, and that a group's advertisements must arrive with.</summary>
    public const byte HopLimit = 255;

    /// <summary>224.0.0.18.</summary>
    public static readonly Ipv4Address Ipv4Group = new(0xe000_0012);

    /// <summary>ff02::12.</summary>
    public static readonly Ipv6Address Ipv6Group = new(((UInt128)0xff02 << 112) | 0x12);

    /// <summary>01:00:5e:00:00:12 (RFC 1112 §6.4).</summary>
    public static readonly MacAddress Ipv4GroupMac = Ipv4Group.GroupMac;

    /// <summary>33:33:00:00:00:12.</summary>
    public static readonly MacAddress Ipv6GroupMac = Ipv6Group.GroupMac;

    /// <summary>
    /// 00:00:5e:00:01:VHID, where the virtual host's addresses are. FreeBSD uses it for IPv6 too, where VRRP has 00:00:5e:00:02.
    /// </summary>
    public static MacAddress VirtualMac(byte vhid) => new(VirtualPrefix | vhid);

    /// <summary>Whether the MAC address is some virtual host's; its last byte is the VHID then.</summary>
    public static bool IsVirtual(MacAddress mac) => (mac.Value & ~0xfful) == VirtualPrefix;

    /// <summary>Where ucarp's advertisements come from: 00:00:5e:00:00:VHID. It answers for the address with the node's own MAC.</summary>
    public static MacAddress UcarpSource(byte vhid) => new(0x0000_5e00_0000ul | vhid);
}
