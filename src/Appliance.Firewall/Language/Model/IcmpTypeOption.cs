using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>
/// <c>icmp-type</c> or <c>icmp6-type</c>: which of the two was written, a type, and a code of it or any. What a packet is asked is an
/// <see cref="IcmpMatch" />; there the rule has the protocol.
/// </summary>
public sealed record IcmpTypeOption(IpProtocol Protocol, byte Type, byte? Code);
