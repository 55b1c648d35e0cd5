namespace Appliance.Wire.Pcap;

/// <summary>
/// What the bytes of a captured record begin with (the registry of https://www.tcpdump.org/linktypes.html): those that can be made frames,
/// and pflog, which is written only.
/// </summary>
public enum LinkType : ushort
{
    Null = 0,                   // BSD loopback: address family in the byte order of the capturing host
    Ethernet = 1,
    Raw12 = 12,                 // DLT_RAW of most systems, written where LINKTYPE_RAW was meant
    Raw14 = 14,                 // DLT_RAW of OpenBSD
    Raw = 101,                  // IPv4 or IPv6 by the version
    Loop = 108,                 // OpenBSD loopback: address family big-endian
    LinuxCooked = 113,
    Pflog = 117,
    Ipv4 = 228,
    Ipv6 = 229,
    LinuxCooked2 = 276,
}
