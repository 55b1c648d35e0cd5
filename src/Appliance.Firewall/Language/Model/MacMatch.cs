using Appliance.Wire.Ethernet;

namespace Appliance.Firewall.Language;

/// <summary>A MAC address and the bits of it that count.</summary>
public sealed record MacMatch(MacAddress Address, MacAddress Mask, bool Negated);
