using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

/// <summary>A next hop as written; the port after its % sign, or null.</summary>
internal readonly record struct NextHopText(IpAddress Address, string? Port);
