using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Asked;

internal sealed record NeighborConfig(Positioned<string>? Port, Positioned<IpAddress>? Address, Positioned<MacAddress>? Mac);
