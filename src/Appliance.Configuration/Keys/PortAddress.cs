using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

/// <summary>An item of a port's addresses: a static address, or the way in which addresses are learned.</summary>
internal readonly record struct PortAddress(IpPrefix? Static, DynamicAddressing Dynamic);
