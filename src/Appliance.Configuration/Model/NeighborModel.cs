using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>A static neighbour: who has the address on the link of the port (by index).</summary>
public sealed record NeighborModel(int PortIndex, IpAddress Address, MacAddress Mac);
