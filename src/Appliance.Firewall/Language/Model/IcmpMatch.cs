using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>An ICMP or ICMPv6 type, and a code of it or any.</summary>
public sealed record IcmpMatch(IpProtocol Protocol, byte Type, byte? Code);
